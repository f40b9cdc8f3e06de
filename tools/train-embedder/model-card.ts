import type {TrainingOptions} from './train-table.ts'

/** What a model card is written from. The same in every run with the same options. */
export interface ModelCardDetails {
  readonly name: string
  /** The command that reproduces it. */
  readonly command: string
  readonly options: TrainingOptions
  readonly vocabulary: number
  readonly bytes: number
  readonly loss: number
  /** Cosine between the vectors of the int8 file and those of training. */
  readonly cosine: {readonly mean: number; readonly least: number; readonly texts: number}
  /** Number of sections by source, largest first. */
  readonly sections: ReadonlyMap<string, number>
  /** Markdown on the sources and their licences; null when none was given. */
  readonly sources: string | null
  /** Markdown with measured figures; null when none was given. */
  readonly figures: string | null
}

/** The text of `MODEL_CARD.md`. */
export function modelCard(details: ModelCardDetails): string {
  const {options, cosine} = details
  const {pairs} = options
  const total = [...details.sections.values()].reduce((sum, count) => sum + count, 0)
  const parts = [
    `# ${details.name}`,
    `A static embedding model for English technical documentation: ${count(details.vocabulary)} word-pieces, one row of ${options.dimensions} int8 values each. A text's vector is the sum of its pieces' rows, normalised; the sum is taken inside the ONNX graph. It knows no word order and no context, which is why it takes a fraction of a millisecond. ${(details.bytes / 1e6).toFixed(1)} MB in all.`,
    '## Use',
    "Load it with transformers.js (`dtype: 'q8'`, pooling `none`); no prefixes, at most 512 pieces. Docent does so by itself. It is meant for finding the section that answers a question, together with a search for words. It is not meant for other languages, for judging people, or as the only measure of whether two texts agree.",
    '## Training',
    `\`\`\`\n${details.command}\n\`\`\``,
    [
      `- Vocabulary: word-pieces learned from the same text (byte-pair joining, then pruning), lower-cased, without accents; names such as \`useState\` are parted at their capitals first.`,
      `- Pairs: a heading or heading path, at times begun like a question or mistyped, with its section's text; words cut from a section, with the rest of it. Neighbouring sections of a page (up to ${pairs.neighbours}) share a batch and are the hard negatives.`,
      `- Loss: InfoNCE in both directions, temperature ${options.temperature}, ${count(options.batch)} pairs a batch, ${options.epochs} ${options.epochs === 1 ? 'epoch' : 'epochs'}, lazy Adam at ${options.learningRate} falling to nothing; pieces dropped at random: ${percent(pairs.dropout)}.${pairs.largestShare < 1 ? ` No source gives more than ${percent(pairs.largestShare)} of the pairs.` : ''}`,
      `- Seed ${options.seed}. The same text, options and machine give the same files, byte for byte. The last mean loss was ${details.loss.toFixed(3)}.`,
      `- Rows are rounded to int8 with a scale each: over ${count(cosine.texts)} training texts the cosine with the unrounded vector is ${cosine.mean.toFixed(5)} on average, ${cosine.least.toFixed(5)} at worst.`,
    ].join('\n'),
    `## Training text`,
    `${count(total)} sections. No pretrained vectors or vocabulary went into it. Each source keeps its licence; of its text the model holds single word-pieces only.`,
    details.sources ?? sectionTable(details.sections),
    ...(details.figures === null ? [] : [details.figures]),
  ]
  return `${parts.map((part) => part.trim()).join('\n\n')}\n`
}

function sectionTable(sections: ReadonlyMap<string, number>): string {
  return [
    '| source | sections |',
    '|---|---|',
    ...[...sections].map(([source, sum]) => `| ${source || '(not named)'} | ${sum} |`),
  ].join('\n')
}

function count(value: number): string {
  return value.toLocaleString('en-US')
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}
