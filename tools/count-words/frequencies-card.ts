import type {CountWordsOptions, CountWordsReport} from './count-words.ts'

/** The text of the README beside a table of word frequencies. */
export function frequenciesCard(
  details: Pick<CountWordsOptions, 'command' | 'sources'> & CountWordsReport,
): string {
  const count = (value: number) => value.toLocaleString('en-US')
  return `${[
    '# Word frequencies of technical English',
    `How usual ${count(details.words)} words are in technical documentation: for each the share of sections that contain it, within 2.5 %, and how often pages that have it repeat it. ${Math.round(details.bytes / 1000)} kB. The words are Docent's search terms: lower-cased and stemmed, identifiers whole and in parts.`,
    '## Use',
    'Docent compares the words of a question with it: a word that is rare in documentation at large says what the question is about, so that it counts when the docs never use it, and more when pages on it repeat it, as they do names and subjects but not `tomorrow`. It does not depend on the embedding model. It is of English text and says nothing about other languages, where Docent does not use it.',
    '## Making',
    `\`\`\`\n${details.command}\n\`\`\``,
    'A source with more than 4,000 sections counts as 4,000. Words in fewer than 4 sections are left out, and so are those that are not more usual than a word in 2. The same sections give the same file, byte for byte; `src/text/word-frequencies.ts` describes its format.',
    '## Text',
    `${count(details.sections)} sections. Each source keeps its licence; of its text the table holds single words only.`,
    ...(details.sources === null ? [] : [details.sources]),
  ]
    .map((part) => part.trim())
    .join('\n\n')}\n`
}
