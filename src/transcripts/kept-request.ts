import type {SentRequest} from '../answers/index.ts'
import {type Redactor, redactValue} from '../redaction/index.ts'

/**
 * The body of a request as it is kept: redacted is what the visitor wrote, what was made of it and what the model wrote.
 * Docent's own words and quotations of the docs stay as they were sent.
 */
export function keptBody({body, quotations}: SentRequest, redactor: Redactor): object {
  const quoted = new Set(quotations)
  const {messages} = body as {readonly messages?: unknown}
  if (!Array.isArray(messages)) return redactValue(body, redactor)
  return {...body, messages: messages.map(keptMessage)}

  function keptMessage(message: unknown): unknown {
    if (!isRecord(message)) return redactValue(message, redactor)
    const {content} = message
    return {
      ...message,
      content: Array.isArray(content) ? content.map(keptBlock) : redactValue(content, redactor),
    }
  }

  function keptBlock(block: unknown): unknown {
    if (!isRecord(block)) return redactValue(block, redactor)
    switch (block['type']) {
      case 'search_result':
      case 'tool_result':
        return block
      case 'text':
        return quoted.has(String(block['text'])) ? block : redactedIn(block, 'text')
      case 'tool_use':
        return redactedIn(block, 'input')
      // Its signature is sealed, and changed it would be none.
      case 'thinking':
        return redactedIn(block, 'thinking')
      case 'redacted_thinking':
        return block
      default:
        return redactValue(block, redactor)
    }
  }

  function redactedIn(block: Readonly<Record<string, unknown>>, name: string): unknown {
    return {...block, [name]: redactValue(block[name], redactor)}
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
