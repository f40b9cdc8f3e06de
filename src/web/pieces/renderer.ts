/**
 * The piece that renders answers: a Markdown parser weighs as much as half of the widget without it. It finds what they
 * quote, too.
 */

export {clearPageMarks, markOnPage, rangesOf, wrapInMarks} from '../proof/marks.ts'
export {plainTextOf} from '../proof/plain-text.ts'
export {surroundings} from '../proof/surroundings.ts'
export {withQuotes} from '../proof/text-fragment.ts'
export {createMarkdownStream} from '../render/markdown-stream.ts'
