CREATE TABLE shipments (
  shipment_id  BIGINT PRIMARY KEY,
  order_id     BIGINT NOT NULL REFERENCES orders (order_id),
  carrier_cd   VARCHAR(8),
  shipped_at   TIMESTAMP,
  wt_kg        NUMERIC(8, 2),
  status       VARCHAR(10) CHECK (status IN ('packed', 'sent', 'lost')),
  attr7        VARCHAR(40)
);
COMMENT ON COLUMN shipments.shipped_at IS 'When the carrier scanned the first parcel.';
