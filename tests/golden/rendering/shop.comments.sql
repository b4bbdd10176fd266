-- Comments on the tables of shop.sql.
-- All are machine text, written by columnist v1; comments that people wrote stay as they are.

-- shop.customers
COMMENT ON TABLE shop.customers IS 'People and firms that have ordered at least once.';
COMMENT ON COLUMN shop.customers.customer_id IS 'Key of the customer.';
COMMENT ON COLUMN shop.customers.full_name IS 'Name as it goes on the parcel.';

-- shop.Order Items
COMMENT ON COLUMN shop."Order Items".order_id IS 'Key of the order.';
COMMENT ON COLUMN shop."Order Items".customer_id IS 'Who ordered; it''s never empty.';
COMMENT ON COLUMN shop."Order Items".net_price IS 'Price without tax, in {{ currency }}.';
-- 1 column needs a person: a|b `odd` <b>name</b>
