SET app.tenant_id = '3';
