-- What is the relay's own. `owner` is the id of a user, or issuer and subject of a foreign token.
CREATE TABLE lectern_secret (
  name text NOT NULL PRIMARY KEY,
  value text NOT NULL,
  created_at bigint NOT NULL
);

CREATE TABLE lectern_key (
  id text NOT NULL PRIMARY KEY,
  private_key text NOT NULL,
  created_at bigint NOT NULL,
  retired_at bigint
);

CREATE TABLE lectern_profile (
  owner text NOT NULL PRIMARY KEY,
  profile text NOT NULL,
  updated_at bigint NOT NULL
);

CREATE TABLE lectern_conversation (
  id text NOT NULL PRIMARY KEY,
  owner text NOT NULL,
  title text NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL
);
CREATE INDEX lectern_conversation_owner ON lectern_conversation (owner, updated_at);

CREATE TABLE lectern_message (
  id text NOT NULL PRIMARY KEY,
  conversation text NOT NULL REFERENCES lectern_conversation (id) ON DELETE CASCADE,
  place bigint NOT NULL,
  role text NOT NULL,
  parts text NOT NULL,
  status text NOT NULL,
  created_at bigint NOT NULL,
  UNIQUE (conversation, place)
);

CREATE TABLE lectern_feedback (
  id text NOT NULL PRIMARY KEY,
  owner text NOT NULL,
  message text,
  rating integer NOT NULL,
  note text NOT NULL,
  created_at bigint NOT NULL
);
CREATE INDEX lectern_feedback_owner ON lectern_feedback (owner);

CREATE TABLE lectern_usage (
  subject text NOT NULL,
  span text NOT NULL,
  began bigint NOT NULL,
  requests bigint NOT NULL,
  tokens bigint NOT NULL,
  PRIMARY KEY (subject, span)
);

CREATE TABLE lectern_failed_sign_in (
  subject text NOT NULL PRIMARY KEY,
  failures bigint NOT NULL,
  since bigint NOT NULL
);
