CREATE TABLE events (
	arrival INTEGER NOT NULL, 
	event_id VARCHAR(64) NOT NULL, 
	origin VARCHAR(32) NOT NULL, 
	epoch VARCHAR(16) NOT NULL, 
	seq INTEGER NOT NULL, 
	subject_kind VARCHAR(16) NOT NULL, 
	subject_id VARCHAR(32) NOT NULL, 
	lamport INTEGER NOT NULL, 
	header BLOB NOT NULL, 
	signature BLOB NOT NULL, 
	person_signature BLOB NOT NULL, 
	body BLOB, 
	PRIMARY KEY (arrival), 
	UNIQUE (event_id)
);
CREATE TABLE credentials (
	kind VARCHAR(8) NOT NULL, 
	person VARCHAR(32) NOT NULL, 
	device VARCHAR(32) NOT NULL, 
	public_key VARCHAR(64) NOT NULL, 
	payload BLOB NOT NULL, 
	signature BLOB NOT NULL, 
	PRIMARY KEY (kind, person, device, public_key)
);
CREATE TABLE documents (
	kind VARCHAR(96) NOT NULL, 
	number INTEGER NOT NULL, 
	payload BLOB NOT NULL, 
	signature BLOB NOT NULL, 
	PRIMARY KEY (kind, number)
);
CREATE TABLE settings (
	name VARCHAR(128) NOT NULL, 
	value JSON NOT NULL, 
	PRIMARY KEY (name)
);
CREATE TABLE refusals (
	number INTEGER NOT NULL, 
	event_id VARCHAR(64) NOT NULL, 
	device VARCHAR(32) NOT NULL, 
	epoch VARCHAR(16) NOT NULL, 
	link INTEGER NOT NULL, 
	code VARCHAR(64) NOT NULL, 
	header BLOB NOT NULL, 
	signature BLOB NOT NULL, 
	person_signature BLOB NOT NULL, 
	body BLOB, 
	PRIMARY KEY (number)
);
CREATE TABLE outbox (
	link INTEGER NOT NULL, 
	event_id VARCHAR(64) NOT NULL, 
	case_id VARCHAR(32) NOT NULL, 
	status VARCHAR(16) NOT NULL, 
	code VARCHAR(64) NOT NULL, 
	settled_at VARCHAR(32) NOT NULL, 
	PRIMARY KEY (link), 
	UNIQUE (event_id)
);
CREATE TABLE cases (
	position INTEGER NOT NULL, 
	case_id VARCHAR(32) NOT NULL, 
	number VARCHAR(32) NOT NULL, 
	applicant VARCHAR(200) NOT NULL, 
	item INTEGER NOT NULL, 
	state INTEGER NOT NULL, 
	place INTEGER NOT NULL, 
	decides BOOLEAN NOT NULL, 
	branch VARCHAR(64) NOT NULL, 
	holder VARCHAR(64) NOT NULL, 
	offered_to VARCHAR(64) NOT NULL, 
	offered_on VARCHAR(10) NOT NULL, 
	opened_at VARCHAR(64) NOT NULL, 
	taken_by INTEGER NOT NULL, 
	provisional BOOLEAN NOT NULL, 
	late BOOLEAN NOT NULL, 
	words_hash BLOB NOT NULL, 
	PRIMARY KEY (position), 
	UNIQUE (case_id)
);
CREATE TABLE case_folds (
	position INTEGER NOT NULL, 
	folded JSON NOT NULL, 
	PRIMARY KEY (position)
);
CREATE TABLE case_items (
	item INTEGER NOT NULL, 
	code VARCHAR(64) NOT NULL, 
	name VARCHAR(400) NOT NULL, 
	PRIMARY KEY (item), 
	UNIQUE (code, name)
);
CREATE TABLE case_takers (
	taker INTEGER NOT NULL, 
	person VARCHAR(32) NOT NULL, 
	PRIMARY KEY (taker), 
	UNIQUE (person)
);
CREATE TABLE case_clocks (
	position INTEGER NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	starts_on VARCHAR(10) NOT NULL, 
	due_on VARCHAR(10) NOT NULL, 
	provisional BOOLEAN NOT NULL, 
	place INTEGER NOT NULL, 
	branch VARCHAR(64) NOT NULL, 
	PRIMARY KEY (position, kind)
);
CREATE TABLE batches (
	batch_id VARCHAR(32) NOT NULL, 
	number VARCHAR(32) NOT NULL, 
	offered_on VARCHAR(10) NOT NULL, 
	from_org VARCHAR(64) NOT NULL, 
	to_org VARCHAR(64) NOT NULL, 
	open INTEGER NOT NULL, 
	folded JSON NOT NULL, 
	PRIMARY KEY (batch_id)
);
CREATE TABLE receipts (
	link INTEGER NOT NULL, 
	payload BLOB NOT NULL, 
	signature BLOB NOT NULL, 
	PRIMARY KEY (link)
);
CREATE TABLE revocations (
	kind VARCHAR(16) NOT NULL, 
	subject_id VARCHAR(32) NOT NULL, 
	obeyed BOOLEAN NOT NULL, 
	PRIMARY KEY (kind, subject_id)
);
CREATE TABLE hops (
	event_id VARCHAR(64) NOT NULL, 
	org VARCHAR(64) NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	PRIMARY KEY (event_id, org)
);
CREATE TABLE counters (
	name VARCHAR(64) NOT NULL, 
	value INTEGER NOT NULL, 
	PRIMARY KEY (name)
);
CREATE TABLE print_log (
	number INTEGER NOT NULL, 
	document VARCHAR(32) NOT NULL, 
	subject_id VARCHAR(32) NOT NULL, 
	person VARCHAR(32) NOT NULL, 
	printed_at VARCHAR(32) NOT NULL, 
	PRIMARY KEY (number)
);
CREATE TABLE drafts (
	draft_id VARCHAR(64) NOT NULL, 
	person VARCHAR(32) NOT NULL, 
	kind VARCHAR(32) NOT NULL, 
	title VARCHAR(400) NOT NULL, 
	content JSON NOT NULL, 
	saved_at VARCHAR(32) NOT NULL, 
	PRIMARY KEY (draft_id, person)
);
CREATE TABLE reveals (
	number INTEGER NOT NULL, 
	case_id VARCHAR(32) NOT NULL, 
	person VARCHAR(32) NOT NULL, 
	field VARCHAR(32) NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	PRIMARY KEY (number)
);
CREATE TABLE put_away (
	subject_id VARCHAR(32) NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	PRIMARY KEY (subject_id)
);
CREATE VIRTUAL TABLE case_words USING fts5(words, content='', contentless_delete=1, detail=none, tokenize='ascii');
CREATE INDEX events_chain ON events (origin, epoch, seq);
CREATE INDEX events_lamport ON events (lamport);
CREATE INDEX events_subject ON events (subject_id, arrival);
CREATE INDEX credentials_device ON credentials (device);
CREATE INDEX refusals_event ON refusals (event_id);
CREATE INDEX ix_outbox_case_id ON outbox (case_id);
CREATE INDEX outbox_status ON outbox (status, case_id);
CREATE INDEX cases_place_state ON cases (place, state);
CREATE INDEX ix_cases_number ON cases (number);
CREATE INDEX cases_taken_by_place ON cases (taken_by, place);
CREATE INDEX cases_branch_place ON cases (branch, place);
CREATE INDEX cases_branch_state ON cases (branch, state);
CREATE INDEX cases_open ON cases (place, state, decides, branch) WHERE place < 9;
CREATE INDEX cases_taken_by_place_state ON cases (taken_by, place, state);
CREATE INDEX cases_taken_by_state ON cases (taken_by, state);
CREATE INDEX cases_state ON cases (state);
CREATE INDEX cases_branch ON cases (branch);
CREATE INDEX cases_place ON cases (place);
CREATE INDEX cases_taken_by ON cases (taken_by);
CREATE INDEX case_clocks_due ON case_clocks (place, due_on, kind, branch, provisional);
CREATE INDEX batches_to ON batches (to_org, open);
CREATE INDEX ix_batches_offered_on ON batches (offered_on);
CREATE INDEX batches_from ON batches (from_org, offered_on);
CREATE INDEX ix_batches_number ON batches (number);
CREATE INDEX ix_reveals_case_id ON reveals (case_id);
CREATE TABLE packages (
	package_id VARCHAR(32) NOT NULL, 
	made BOOLEAN NOT NULL, 
	org VARCHAR(64) NOT NULL, 
	device VARCHAR(32) NOT NULL, 
	epoch VARCHAR(16) NOT NULL, 
	number INTEGER NOT NULL, 
	digest VARCHAR(64) NOT NULL, 
	at VARCHAR(32) NOT NULL, 
	parts JSON NOT NULL, 
	events JSON NOT NULL, 
	confirmed_at VARCHAR(32) NOT NULL, 
	PRIMARY KEY (package_id)
);
CREATE INDEX packages_org ON packages (org);
CREATE TABLE brought (
	event_id VARCHAR(64) NOT NULL, 
	told BOOLEAN NOT NULL, 
	PRIMARY KEY (event_id)
);
CREATE TABLE told_by_hand (
	org VARCHAR(64) NOT NULL, 
	event_id VARCHAR(64) NOT NULL, 
	PRIMARY KEY (org, event_id)
);
CREATE TABLE carried_parts (
	digest VARCHAR(64) NOT NULL, 
	kind VARCHAR(16) NOT NULL, 
	org VARCHAR(64) NOT NULL, 
	"key" INTEGER NOT NULL, 
	device VARCHAR(32) NOT NULL, 
	sealed BLOB NOT NULL, 
	came_at VARCHAR(32) NOT NULL, 
	code VARCHAR(64) NOT NULL, 
	PRIMARY KEY (digest)
);
CREATE TABLE slips (
    batch_id VARCHAR(32) NOT NULL, printing VARCHAR(8) NOT NULL, total INTEGER NOT NULL, places JSON NOT NULL,
    whole BOOLEAN NOT NULL, lamport INTEGER NOT NULL, batch JSON NOT NULL, scanned_at VARCHAR(32) NOT NULL,
    person VARCHAR(32) NOT NULL, PRIMARY KEY (batch_id));
CREATE TABLE slip_cases (
    case_id VARCHAR(32) NOT NULL, batch_id VARCHAR(32) NOT NULL, head JSON, differences JSON,
    PRIMARY KEY (case_id, batch_id));
CREATE TABLE attachments (
	event_id VARCHAR(64) NOT NULL, 
	file VARCHAR(64) NOT NULL, 
	case_id VARCHAR(32) NOT NULL, 
	size INTEGER NOT NULL, 
	own BOOLEAN NOT NULL, 
	here BOOLEAN NOT NULL, 
	sent INTEGER NOT NULL, 
	there VARCHAR(64) NOT NULL, 
	code VARCHAR(64) NOT NULL, 
	gone BOOLEAN NOT NULL, 
	PRIMARY KEY (event_id)
);
CREATE INDEX attachments_case ON attachments (case_id);
CREATE INDEX attachments_file ON attachments (file);
CREATE INDEX attachments_gone ON attachments (file) WHERE gone = 1;
INSERT INTO events (arrival, event_id, origin, epoch, seq, subject_kind, subject_id, lamport, header, signature, person_signature, body) VALUES (1, '94244caa00afad0aac39ecaad8ebc2360aa6b32c8dc2bf3db45e83430ee690c1', '1c8de8299d4267c563fd4568577a225a', 'eeeeeeeeeeeeeeee', 1, 'case', 'cccccccccccccccccccccccccccccccc', 1, X'7B226163746F72223A226465383464646666653937376137383138313935636362323230613764623765222C22616C67223A22656432353531392D736861323536222C2261756469656E6365223A2270617274696573222C2262617365223A6E756C6C2C22626F64795F68617368223A2238396434323335663463623635316439646563613439346137623136393530633438373333336237313537313166663439333936343233663930656639623866222C22636C61696D65645F6174223A22323032362D30332D30325430303A30303A30305A222C2265706F6368223A2265656565656565656565656565656565222C226772616E74223A6E756C6C2C226C616D706F7274223A312C226F7267223A22353131313032313031303031222C226F726967696E223A223163386465383239396434323637633536336664343536383537376132323561222C2270726576223A6E756C6C2C2270726F746F223A312C22736571223A312C227375626A6563745F6964223A226363636363636363636363636363636363636363636363636363636363636363222C227375626A6563745F6B696E64223A2263617365222C2274797065223A227265676973746572222C22747970655F76657273696F6E223A317D', X'F29D5A5E1534F34D689794D2B37A6057', X'7C7CF25DE4453EB886C909AFEAB1EF7D', X'7B2265666665637473223A7B22637573746F6479223A7B226F70223A226F70656E227D2C226669656C6473223A7B226974656D223A7B226465636964655F6C6576656C223A22E4B9A1E99587227D2C226E756D626572223A2231227D2C227374617465223A2272656769737465726564227D2C2273616C74223A223030303030303030303030303030303030303030303030303030303030303030227D');
INSERT INTO settings (name, value) VALUES ('schema_version', 8);
INSERT INTO settings (name, value) VALUES ('kept', '["\u674e\ud872\udf4e"]');
