import {unsafeCSS} from 'lit'
import citations from './styles/citations.css'
import codeColours from './styles/code-colours.css'
import composer from './styles/composer.css'
import conditions from './styles/conditions.css'
import containers from './styles/containers.css'
import controls from './styles/controls.css'
import dock from './styles/dock.css'
import endings from './styles/endings.css'
import frame from './styles/frame.css'
import history from './styles/history.css'
import options from './styles/options.css'
import sectionPane from './styles/section-pane.css'
import sources from './styles/sources.css'
import start from './styles/start.css'
import steps from './styles/steps.css'
import text from './styles/text.css'
import tokens from './styles/tokens.css'
import turn from './styles/turn.css'

/** In this order: later parts override earlier ones. */
const parts = [
  tokens,
  controls,
  containers,
  frame,
  start,
  composer,
  options,
  turn,
  sources,
  steps,
  text,
  citations,
  codeColours,
  endings,
  history,
  sectionPane,
  dock,
  conditions,
]

/** Minified by the build; adopted as a constructed style sheet, so no inline style is needed. */
export const styles = unsafeCSS(parts.join('\n'))
