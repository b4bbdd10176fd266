CREATE TABLE shop.customers (
  customer_id INTEGER PRIMARY KEY,
  full_name VARCHAR(80) NOT NULL,
  segment VARCHAR(12)
);

CREATE TABLE shop."Order Items" (
  order_id INTEGER NOT NULL,
  customer_id INTEGER NOT NULL REFERENCES shop.customers (customer_id),
  net_price DECIMAL(8, 2),
  "a|b `odd` <b>name</b>" VARCHAR,
  PRIMARY KEY (order_id)
);

COMMENT ON COLUMN shop.customers.segment IS 'Private or trade | agreed with [sales](https://example.org) <b>every</b> year';
