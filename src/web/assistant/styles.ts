import {unsafeCSS} from 'lit'
import css from './assistant.css'

/** Minified by the build; adopted as a constructed style sheet, so no inline style is needed. */
export const styles = unsafeCSS(css)
