SET search_path = content, tracking, public;
