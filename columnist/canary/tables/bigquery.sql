CREATE TABLE `fleet.telemetry.trips` (
  trip_id STRING NOT NULL,
  vehicle_id STRING NOT NULL,
  driver_id STRING,
  started_at TIMESTAMP,
  ended_at TIMESTAMP,
  distance_km FLOAT64,
  fuel_l FLOAT64,
  harsh_brakes INT64,
  route ARRAY<STRUCT<lat FLOAT64, lon FLOAT64>>
)
PARTITION BY DATE(started_at);

CREATE TABLE `fleet.telemetry.tyre_checks` (
  check_id INT64 NOT NULL,
  vehicle_id STRING NOT NULL,
  axle_pos STRING,
  pressure_kpa FLOAT64,
  tread_mm FLOAT64,
  checked_by STRING,
  checked_on DATE
);

CREATE TABLE `research.survey.responses` (
  response_id STRING NOT NULL,
  wave INT64,
  respondent_age_band STRING,
  q1 INT64,
  q2 INT64,
  q7_other_text STRING,
  weight FLOAT64,
  completed BOOL
);
