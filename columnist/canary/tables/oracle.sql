CREATE TABLE policies (
  policy_no       VARCHAR2(14) NOT NULL PRIMARY KEY,
  holder_id       NUMBER(12) NOT NULL,
  product_cd      VARCHAR2(6) NOT NULL,
  incept_dt       DATE NOT NULL,
  expiry_dt       DATE NOT NULL,
  sum_insured     NUMBER(14, 2),
  annual_prem     NUMBER(10, 2),
  excess_amt      NUMBER(8, 2),
  renewal_ind     CHAR(1) DEFAULT 'Y' CHECK (renewal_ind IN ('Y', 'N'))
);

CREATE TABLE claims (
  claim_no        NUMBER(12) NOT NULL PRIMARY KEY,
  policy_no       VARCHAR2(14) NOT NULL REFERENCES policies (policy_no),
  loss_dt         DATE NOT NULL,
  notified_dt     DATE,
  cause_cd        VARCHAR2(4),
  reserve_amt     NUMBER(12, 2),
  paid_amt        NUMBER(12, 2),
  handler         VARCHAR2(30)
);

CREATE TABLE meter_readings (
  meter_id        NUMBER(10) NOT NULL,
  read_ts         TIMESTAMP NOT NULL,
  kwh_import      NUMBER(10, 3),
  kwh_export      NUMBER(10, 3),
  volt_l1         NUMBER(5, 1),
  est_flag        CHAR(1),
  CONSTRAINT pk_meter_readings PRIMARY KEY (meter_id, read_ts)
);

CREATE TABLE zt_par_04 (
  mandt           CHAR(3) NOT NULL,
  c01             VARCHAR2(10),
  c02             VARCHAR2(10),
  n01             NUMBER(15, 4),
  d01             DATE,
  attr7           VARCHAR2(40)
);
