CREATE TABLE IF NOT EXISTS ${db}.orders (
  order_id BIGINT COMMENT 'The key; it\'s unique',
  lines ARRAY<STRUCT<article: STRING COMMENT 'inner', qty: DECIMAL(9,3)>> COMMENT "All lines",
  tags MAP<STRING, STRING>
)
USING DELTA
COMMENT 'Orders'
PARTITIONED BY (placed_on DATE COMMENT 'Day of the order')
TBLPROPERTIES ('delta.appendOnly' = 'true', 'comment' = 'not this one');
