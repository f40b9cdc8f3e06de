/** The highlighter as a script of its own, which the widget imports when there is code to colour. */
export {highlight} from '../../lib/highlight-code.ts'
