import {AnswerText} from './assistant/answer-text.ts'
import {DocsAssistant} from './assistant/docs-assistant.ts'

if (customElements.get('docs-assistant') === undefined) {
  customElements.define('docs-assistant-text', AnswerText)
  customElements.define('docs-assistant', DocsAssistant)
}
