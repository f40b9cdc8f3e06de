import {refOf} from '../answers/index.ts'
import {applyMigrations, type Migration, type SqliteDatabase} from '../native/index.ts'

/**
 * Applied by name, in this order, once each. A published migration is never edited; new ones are appended.
 *
 * `answers` has one row for each answer. `events` has its events: a run of deltas that were flushed together is
 * one row, with `pieces` recording where each began in the text and when it arrived (see `event-rows.ts`). `changes` says which
 * rows of `answers` have changed since, for the catalog. `prompts` and `shown_sections` have what an answer was made of, with
 * references to `shared_texts` (see `shared-texts.ts`).
 */
export const migrations: readonly Migration[] = [
  {
    name: '001_answers_and_events',
    sql: `
      CREATE TABLE answers (
        row INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        conversation_id TEXT NOT NULL,
        question TEXT NOT NULL,
        version TEXT,
        build TEXT NOT NULL,
        generator TEXT NOT NULL,
        model TEXT,
        embedding TEXT NOT NULL,
        started_at INTEGER NOT NULL,
        settings TEXT NOT NULL,
        channel TEXT NOT NULL,
        idempotency_key TEXT,
        ending TEXT,
        abstained INTEGER NOT NULL DEFAULT 0,
        text TEXT NOT NULL DEFAULT '',
        usage TEXT,
        timings TEXT,
        facts TEXT NOT NULL DEFAULT '{}',
        rating TEXT,
        rating_reasons TEXT,
        rating_comment TEXT,
        rated_at INTEGER,
        verdict TEXT,
        review_note TEXT,
        corrected_answer TEXT,
        reviewed_at INTEGER
      );
      CREATE INDEX answers_by_time ON answers (started_at);
      CREATE INDEX answers_by_ending ON answers (ending, row);
      CREATE INDEX answers_by_rating ON answers (rating, row) WHERE rating IS NOT NULL;
      CREATE INDEX answers_by_verdict ON answers (verdict, row) WHERE verdict IS NOT NULL;
      CREATE INDEX answers_by_conversation ON answers (conversation_id, row);
      CREATE INDEX answers_by_key ON answers (idempotency_key) WHERE idempotency_key IS NOT NULL;
      CREATE TABLE events (
        answer INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        last_seq INTEGER NOT NULL,
        at INTEGER NOT NULL,
        data TEXT NOT NULL,
        pieces TEXT,
        PRIMARY KEY (answer, seq)
      ) WITHOUT ROWID;
    `,
  },
  {
    name: '002_search',
    sql: `
      CREATE VIRTUAL TABLE answers_fts USING fts5 (
        question, text, content='answers', content_rowid='row', tokenize='porter unicode61 remove_diacritics 2'
      );
      INSERT INTO answers_fts(answers_fts, rank) VALUES ('secure-delete', 1);
      INSERT INTO answers_fts(rowid, question, text) SELECT row, question, text FROM answers;
      CREATE TRIGGER answers_fts_insert AFTER INSERT ON answers BEGIN
        INSERT INTO answers_fts(rowid, question, text) VALUES (new.row, new.question, new.text);
      END;
      CREATE TRIGGER answers_fts_delete AFTER DELETE ON answers BEGIN
        INSERT INTO answers_fts(answers_fts, rowid, question, text) VALUES ('delete', old.row, old.question, old.text);
      END;
      CREATE TRIGGER answers_fts_update AFTER UPDATE OF question, text ON answers BEGIN
        INSERT INTO answers_fts(answers_fts, rowid, question, text) VALUES ('delete', old.row, old.question, old.text);
        INSERT INTO answers_fts(rowid, question, text) VALUES (new.row, new.question, new.text);
      END;
    `,
  },
  {
    // The finish reason is in the last event; this column has only what a filter needs. Unchanged rows are not
    // rewritten: migrating a large file takes only as long as reading the last event of each answer.
    name: '003_partial_answers',
    sql: `
      ALTER TABLE answers ADD COLUMN partial INTEGER NOT NULL DEFAULT 0;
      CREATE INDEX answers_by_partial ON answers (row) WHERE partial = 1;
      UPDATE answers SET partial = 1 WHERE ending = 'complete' AND (
        SELECT CASE WHEN pieces IS NULL AND json_valid(data) THEN json_extract(data, '$.finishReason') END
        FROM events WHERE answer = answers.row ORDER BY seq DESC LIMIT 1
      ) IN ('refusal', 'max_tokens', 'context_exceeded');
    `,
  },
  {
    // The id of a conversation grants access to it, so the file keeps only its digest; and a digest of each answer for logs.
    name: '004_refs',
    sql: `
      ALTER TABLE answers RENAME COLUMN conversation_id TO conversation;
      ALTER TABLE answers ADD COLUMN ref TEXT NOT NULL DEFAULT '';
      UPDATE answers SET ref = ref_of(id), conversation = ref_of(conversation);
      CREATE INDEX answers_by_ref ON answers (ref);
      UPDATE events SET data = json_set(data, '$.conversationId', NULL)
        WHERE (answer, seq) IN (SELECT row, 1 FROM answers) AND pieces IS NULL AND json_valid(data);
    `,
  },
  {
    // The keys were hashed without a secret, so that the address of a visitor could be recovered from one.
    name: '005_forget_keys_without_secret',
    sql: 'UPDATE answers SET idempotency_key = NULL WHERE idempotency_key IS NOT NULL;',
  },
  {
    name: '006_languages',
    sql: `
      ALTER TABLE answers ADD COLUMN lang TEXT;
      CREATE INDEX answers_by_lang ON answers (lang, row) WHERE lang IS NOT NULL;
    `,
  },
  {
    // Apart from the rating, which a visitor may change without taking this back.
    name: '007_missing_in_docs',
    sql: `
      ALTER TABLE answers ADD COLUMN missing INTEGER NOT NULL DEFAULT 0;
      CREATE INDEX answers_by_missing ON answers (row) WHERE missing = 1;
    `,
  },
  {
    // Where the visitor was, as JSON.
    name: '008_visitor_pages',
    sql: 'ALTER TABLE answers ADD COLUMN page TEXT;',
  },
  {
    // Lists and searches read the catalog, which follows the changes. It is a file of its own: the segments of a full-text
    // index that were joined while an answer was written made it wait.
    name: '009_changes',
    sql: `
      CREATE TABLE changes (seq INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, row INTEGER NOT NULL);
      DROP TRIGGER answers_fts_insert;
      DROP TRIGGER answers_fts_delete;
      DROP TRIGGER answers_fts_update;
      DROP TABLE answers_fts;
      DROP INDEX answers_by_ending;
      DROP INDEX answers_by_rating;
      DROP INDEX answers_by_verdict;
      DROP INDEX answers_by_partial;
      DROP INDEX answers_by_lang;
      DROP INDEX answers_by_missing;
      CREATE INDEX answers_running ON answers (row) WHERE ending IS NULL;
      CREATE TRIGGER answers_inserted AFTER INSERT ON answers BEGIN
        INSERT INTO changes (at, row) VALUES (CAST(unixepoch('subsec') * 1000 AS INTEGER), new.row);
      END;
      CREATE TRIGGER answers_changed AFTER UPDATE OF ending, lang, text, rating, missing, verdict ON answers BEGIN
        INSERT INTO changes (at, row) VALUES (CAST(unixepoch('subsec') * 1000 AS INTEGER), new.row);
      END;
      CREATE TRIGGER answers_deleted AFTER DELETE ON answers BEGIN
        INSERT INTO changes (at, row) VALUES (CAST(unixepoch('subsec') * 1000 AS INTEGER), old.row);
      END;
    `,
  },
  {
    // Who wrote the review, by name. Nobody knows it of earlier ones.
    name: '010_reviewers',
    sql: 'ALTER TABLE answers ADD COLUMN reviewer TEXT;',
  },
  {
    // What answers were made of: the requests to the model, and the sections as they were shown. Long texts are kept once,
    // until the last answer that uses them is removed, by whatever removes it.
    name: '011_shared_texts',
    sql: `
      CREATE TABLE shared_texts (id INTEGER PRIMARY KEY, hash BLOB NOT NULL UNIQUE, text TEXT NOT NULL);
      CREATE TABLE text_uses (
        answer INTEGER NOT NULL, text INTEGER NOT NULL, PRIMARY KEY (answer, text)
      ) WITHOUT ROWID;
      CREATE INDEX text_uses_by_text ON text_uses (text);
      CREATE TABLE prompts (
        answer INTEGER NOT NULL, n INTEGER NOT NULL, at INTEGER NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (answer, n)
      ) WITHOUT ROWID;
      CREATE TABLE shown_sections (
        answer INTEGER NOT NULL, n INTEGER NOT NULL, id TEXT NOT NULL, path TEXT NOT NULL, text INTEGER NOT NULL,
        is_part INTEGER NOT NULL, PRIMARY KEY (answer, n)
      ) WITHOUT ROWID;
      CREATE TRIGGER answers_forgotten AFTER DELETE ON answers BEGIN
        DELETE FROM prompts WHERE answer = old.row;
        DELETE FROM shown_sections WHERE answer = old.row;
        DELETE FROM shared_texts WHERE id IN (SELECT text FROM text_uses WHERE answer = old.row)
          AND NOT EXISTS (SELECT 1 FROM text_uses WHERE text = shared_texts.id AND answer <> old.row);
        DELETE FROM text_uses WHERE answer = old.row;
      END;
    `,
  },
  {
    // A keyed hash of the address that a question came from, how often its answer was taken up again, and which of its sources
    // were opened. Nobody knows it of earlier ones.
    name: '012_visitors',
    sql: `
      ALTER TABLE answers ADD COLUMN visitor TEXT;
      CREATE INDEX answers_by_visitor ON answers (visitor, row) WHERE visitor IS NOT NULL;
      ALTER TABLE answers ADD COLUMN resumes INTEGER NOT NULL DEFAULT 0;
      ALTER TABLE answers ADD COLUMN opened TEXT NOT NULL DEFAULT '[]';
      DROP TRIGGER answers_changed;
      CREATE TRIGGER answers_changed
        AFTER UPDATE OF ending, lang, text, rating, missing, verdict, resumes, opened ON answers BEGIN
          INSERT INTO changes (at, row) VALUES (CAST(unixepoch('subsec') * 1000 AS INTEGER), new.row);
        END;
    `,
  },
  {
    // A keyed hash of what a client calls its chat, by which it takes the latest answer up again. Earlier clients had none.
    name: '013_chats',
    sql: `
      ALTER TABLE answers ADD COLUMN chat TEXT;
      CREATE INDEX answers_by_chat ON answers (chat, row) WHERE chat IS NOT NULL;
    `,
  },
]

/** Adds the SQL function `ref_of(id)` to a connection that reads or writes transcripts. */
export function addRefOf(db: SqliteDatabase): void {
  db.function('ref_of', {deterministic: true}, (id) => refOf(String(id)))
}

/**
 * Applies the missing migrations, each in its own transaction.
 * @throws DocentError `storage` if the file was written by a newer Docent or belongs to another program.
 */
export function migrate(db: SqliteDatabase, file: string, steps: readonly Migration[] = migrations): void {
  addRefOf(db)
  applyMigrations(db, file, steps)
}
