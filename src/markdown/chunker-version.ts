/**
 * The version of everything that shapes pages, passages, quotable units and terms: parser, dialects, chunker, `termsOf`.
 * An index of another version is rebuilt in full by the next ingest.
 */
export const chunkerVersion = '9'
