CREATE TABLE books (
  isbn         TEXT PRIMARY KEY,
  title        TEXT NOT NULL,
  published_in INTEGER,
  pages        INTEGER,
  lang         TEXT DEFAULT 'en',
  shelf        TEXT
);

CREATE TABLE loans (
  loan_id      INTEGER PRIMARY KEY,
  isbn         TEXT NOT NULL REFERENCES books (isbn),
  member_id    INTEGER NOT NULL,
  lent_on      TEXT NOT NULL,
  due_on       TEXT NOT NULL,
  returned_on  TEXT,
  renewals     INTEGER DEFAULT 0,
  fine_paid    REAL
);

CREATE TABLE weather_obs (
  station_id   TEXT NOT NULL,
  obs_time     TEXT NOT NULL,
  temp_c       REAL,
  rh_pct       REAL,
  wind_ms      REAL,
  wind_dir_deg INTEGER,
  precip_mm    REAL,
  pressure_hpa REAL,
  qc_flag      TEXT CHECK (qc_flag IN ('ok', 'suspect', 'missing')),
  PRIMARY KEY (station_id, obs_time)
);
