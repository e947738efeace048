SET app.org_id = '2';
SET app.person_id = '11';
