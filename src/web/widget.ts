import {AnswerText} from './assistant/answer-text.ts'
import {DocsAssistant, setScriptBase} from './assistant/docs-assistant.ts'

// Null in a module script, which then has to say `endpoint`.
const script = document.currentScript
if (script instanceof HTMLScriptElement && script.src !== '') setScriptBase(new URL('.', script.src).href)

if (customElements.get('docs-assistant') === undefined) {
  customElements.define('docs-assistant-text', AnswerText)
  customElements.define('docs-assistant', DocsAssistant)
}
