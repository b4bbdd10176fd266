CREATE TABLE plant.machine_downtime (
  machine_id STRING,
  shift_no TINYINT,
  stop_ts TIMESTAMP,
  restart_ts TIMESTAMP,
  down_min INT,
  reason_cd STRING,
  scrap_qty INT,
  operator_badge STRING
)
PARTITIONED BY (ds STRING)
STORED AS ORC;

CREATE TABLE plant.crop_plots (
  plot_id BIGINT,
  farm_id BIGINT,
  area_ha DOUBLE,
  soil_type STRING,
  crop STRING,
  sown_on DATE,
  harvested_on DATE,
  yield_t_ha DOUBLE,
  irrigated BOOLEAN
)
STORED AS PARQUET;

CREATE TABLE plant.customer_360 (
  cust_id BIGINT,
  first_nm STRING,
  last_nm STRING,
  email STRING,
  phone STRING,
  dob DATE,
  street STRING,
  city STRING,
  postal_cd STRING,
  country_iso2 STRING,
  signup_dt DATE,
  last_login_ts TIMESTAMP,
  ltv_usd DOUBLE,
  orders_12m INT,
  churn_score DOUBLE,
  segment STRING,
  consent_email BOOLEAN,
  pref_lang STRING,
  col_x1 STRING,
  etl_batch_id BIGINT
)
STORED AS ORC;
