import type {PostgresMigration} from '../../postgres/index.ts'

/**
 * The tables of the transcripts in PostgreSQL. A published migration is never edited; new ones are appended.
 *
 * `answers` has one row for each answer and `events` its events, as rows of `event-rows.ts`. Both are partitioned by
 * `row`, the number of an answer, which begins with the second when it was asked (see `answer-numbers.ts`): a month is a range
 * of numbers, and all lists go by them. What a filter asks for are columns, which are written with the answer.
 *
 * `uncounted` says which answers have ended or changed since they were counted; whoever reads figures counts them first,
 * into `roll_ups`, `page_days`, `question_days` and `questions`, and `counted` says as what. `claimed_keys` has the
 * idempotency keys of the last days, for all replicas. `prompts` and `shown_sections` have what an answer was made of, with
 * references to `shared_texts`.
 */
export const transcriptMigrations: readonly PostgresMigration[] = [
  {
    name: '001_answers',
    sql: `
      CREATE SEQUENCE docent.answer_blocks;
      CREATE TABLE docent.answers (
        row bigint PRIMARY KEY,
        id text NOT NULL,
        ref text NOT NULL,
        conversation text NOT NULL,
        question text NOT NULL,
        version text,
        lang text,
        page text,
        build text NOT NULL,
        generator text NOT NULL,
        model text,
        embedding text NOT NULL,
        started_at bigint NOT NULL,
        settings text NOT NULL,
        channel text NOT NULL,
        idempotency_key text,
        chat text,
        visitor text,
        ending text,
        abstained smallint NOT NULL DEFAULT 0,
        finish_reason text,
        text text NOT NULL DEFAULT '',
        usage text,
        timings text,
        facts text NOT NULL DEFAULT '{}',
        rating text,
        rating_reasons text,
        rating_comment text,
        rated_at bigint,
        missing smallint NOT NULL DEFAULT 0,
        verdict text,
        review_note text,
        corrected_answer text,
        reviewed_at bigint,
        reviewer text,
        resumes integer NOT NULL DEFAULT 0,
        opened text NOT NULL DEFAULT '[]',
        replica text,
        error text NOT NULL DEFAULT '',
        answerability text NOT NULL DEFAULT '',
        fallback smallint NOT NULL DEFAULT 0,
        first_token_ms bigint,
        longest_stall_ms bigint,
        total_ms bigint,
        cited text[] NOT NULL DEFAULT '{}',
        words tsvector NOT NULL DEFAULT ''
      ) PARTITION BY RANGE (row);
      CREATE TABLE docent.answers_other PARTITION OF docent.answers DEFAULT;
      CREATE INDEX answers_by_id ON docent.answers (id text_pattern_ops);
      CREATE INDEX answers_by_ref ON docent.answers (ref);
      CREATE INDEX answers_by_conversation ON docent.answers (conversation, row);
      CREATE INDEX answers_by_key ON docent.answers (idempotency_key, row) WHERE idempotency_key IS NOT NULL;
      CREATE INDEX answers_by_chat ON docent.answers (chat, row) WHERE chat IS NOT NULL;
      CREATE INDEX answers_by_visitor ON docent.answers (visitor, row) WHERE visitor IS NOT NULL;
      CREATE INDEX answers_by_time ON docent.answers (started_at);
      CREATE INDEX answers_running ON docent.answers (replica, row) WHERE ending IS NULL;
      CREATE INDEX answers_by_first_token ON docent.answers (first_token_ms, row) WHERE first_token_ms IS NOT NULL;
      CREATE INDEX answers_by_stall ON docent.answers (longest_stall_ms, row) WHERE longest_stall_ms IS NOT NULL;
      CREATE INDEX answers_by_total ON docent.answers (total_ms, row) WHERE total_ms IS NOT NULL;
      CREATE INDEX answers_judged ON docent.answers (row)
        WHERE rating IS NOT NULL OR missing = 1 OR verdict IS NOT NULL;
      CREATE INDEX answers_by_words ON docent.answers USING gin (words);
      CREATE INDEX answers_by_cited ON docent.answers USING gin (cited);

      CREATE TABLE docent.events (
        answer bigint NOT NULL,
        seq integer NOT NULL,
        last_seq integer NOT NULL,
        at bigint NOT NULL,
        data text NOT NULL,
        pieces text,
        PRIMARY KEY (answer, seq)
      ) PARTITION BY RANGE (answer);
      CREATE TABLE docent.events_other PARTITION OF docent.events DEFAULT;

      CREATE TABLE docent.claimed_keys (
        key text PRIMARY KEY, answer text NOT NULL, started_at bigint NOT NULL, entry text NOT NULL, replica text
      );
      CREATE INDEX claimed_keys_by_answer ON docent.claimed_keys (answer);
      CREATE INDEX claimed_keys_by_time ON docent.claimed_keys (started_at);

      CREATE TABLE docent.shared_texts (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, hash bytea NOT NULL UNIQUE, text text NOT NULL
      );
      CREATE TABLE docent.text_uses (answer bigint NOT NULL, text bigint NOT NULL, PRIMARY KEY (answer, text));
      CREATE INDEX text_uses_by_text ON docent.text_uses (text);
      CREATE TABLE docent.prompts (
        answer bigint NOT NULL, n integer NOT NULL, at bigint NOT NULL, body text NOT NULL, PRIMARY KEY (answer, n)
      );
      CREATE TABLE docent.shown_sections (
        answer bigint NOT NULL, n integer NOT NULL, id text NOT NULL, path text NOT NULL, text bigint NOT NULL,
        is_part smallint NOT NULL, PRIMARY KEY (answer, n)
      );
    `,
  },
  {
    name: '002_figures',
    sql: `
      CREATE TABLE docent.uncounted (answer bigint PRIMARY KEY);
      CREATE TABLE docent.roll_ups (hour bigint NOT NULL, build text NOT NULL, counts text NOT NULL, PRIMARY KEY (hour, build));
      CREATE TABLE docent.page_days (
        day integer NOT NULL, page text NOT NULL, shown integer NOT NULL, cited integer NOT NULL, disliked integer NOT NULL,
        unanswered integer NOT NULL, opened integer NOT NULL, PRIMARY KEY (day, page)
      );
      CREATE TABLE docent.counted (
        row bigint PRIMARY KEY, rating text, missing smallint NOT NULL, resumes integer NOT NULL, opened text NOT NULL,
        day integer NOT NULL, question bigint, unanswered smallint NOT NULL
      );
      CREATE INDEX counted_by_question ON docent.counted (question, row) WHERE question IS NOT NULL;
      CREATE TABLE docent.question_days (
        day integer NOT NULL, question bigint NOT NULL, asked integer NOT NULL, unanswered integer NOT NULL,
        PRIMARY KEY (day, question)
      );
      CREATE INDEX question_days_by_question ON docent.question_days (question, day);
      CREATE TABLE docent.questions (question bigint PRIMARY KEY, asked bigint NOT NULL);
      CREATE INDEX questions_by_asked ON docent.questions (asked);
    `,
  },
]
