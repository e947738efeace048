SET app.staff_id = '7';
