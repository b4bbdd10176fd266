-- A shop, as pg_dump would write it.
SET search_path = '';
CREATE TYPE shop.state AS ENUM ('open', 'paid', 'sent');
CREATE TABLE shop.customer (
    customer_id integer NOT NULL,
    "E-Mail" character varying(254) NOT NULL,
    note text DEFAULT 'it''s; new'::text
);
COMMENT ON TABLE shop.customer IS 'People who''ve ordered; once or more.';
COMMENT ON COLUMN shop.customer."E-Mail" IS E'Where we write to.\nLower case.';
CREATE TABLE shop."order" (
    order_id bigint NOT NULL,
    customer_id integer,
    placed_on date NOT NULL,
    state shop.state DEFAULT 'open'::shop.state NOT NULL,
    channel text,
    tags text[],
    total numeric(12,2) GENERATED ALWAYS AS (round(1.5, 2)) STORED,
    CONSTRAINT channel_known CHECK ((channel = ANY (ARRAY['web'::text, 'shop'::text])))
)
PARTITION BY RANGE (placed_on);
COMMENT ON COLUMN shop."order".customer_id IS $$NULL = a guest; see "customer"$$;
CREATE TABLE shop.order_2024 PARTITION OF shop."order" FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE shop.order_2025 (
    order_id bigint NOT NULL,
    customer_id integer,
    placed_on date NOT NULL,
    state shop.state DEFAULT 'open'::shop.state NOT NULL,
    channel text,
    tags text[],
    total numeric(12,2) GENERATED ALWAYS AS (round(1.5, 2)) STORED,
    CONSTRAINT channel_known CHECK ((channel = ANY (ARRAY['web'::text, 'shop'::text])))
);
COPY shop.customer (customer_id, "E-Mail", note) FROM stdin;
1	a@example.org	CREATE TABLE no (it is; data)
\.
CREATE FUNCTION shop.f() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    CREATE TEMPORARY TABLE no (a int);
    RETURN NEW;
END;
$$;
ALTER TABLE ONLY shop."order" ATTACH PARTITION shop.order_2025 FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
ALTER TABLE ONLY shop.customer ADD CONSTRAINT customer_pkey PRIMARY KEY (customer_id);
ALTER TABLE ONLY shop."order" ADD CONSTRAINT order_pkey PRIMARY KEY (order_id, placed_on);
ALTER TABLE ONLY shop."order"
    ADD CONSTRAINT order_customer_fkey FOREIGN KEY (customer_id) REFERENCES shop.customer(customer_id) ON DELETE SET NULL;
CREATE INDEX order_state ON shop."order" USING btree (state);
