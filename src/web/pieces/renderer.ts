/** The piece that renders answers: a Markdown parser weighs as much as half of the widget without it. */
export {createMarkdownStream} from '../render/markdown-stream.ts'
