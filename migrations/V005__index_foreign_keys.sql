-- PostgreSQL indexes the referenced side of a foreign key, not the referencing one.
CREATE INDEX products_category_id_idx ON products (category_id);
CREATE INDEX order_items_product_id_idx ON order_items (product_id);
CREATE INDEX payments_order_id_idx ON payments (order_id);
CREATE INDEX refunds_payment_id_idx ON refunds (payment_id);
