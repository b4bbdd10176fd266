CREATE OR REPLACE TABLE `my-project.shop.orders` (
  order_id INT64 NOT NULL OPTIONS(description="The key; it's unique"),
  customer STRUCT<id INT64, names ARRAY<STRING OPTIONS(description='inner')>> OPTIONS(description='Who "ordered"'),
  placed_at TIMESTAMP DEFAULT CURRENT_TIMESTAMP(),
  total NUMERIC(12, 2),
  PRIMARY KEY (order_id) NOT ENFORCED
)
PARTITION BY DATE(placed_at)
CLUSTER BY order_id
OPTIONS (partition_expiration_days=30, description="""Orders,
one row each""");
CREATE TABLE `my-project.shop.totals` AS
SELECT customer.id AS customer_id, SUM(total) AS total FROM `my-project.shop.orders` GROUP BY 1;
CREATE VIEW shop.v AS SELECT 1;
