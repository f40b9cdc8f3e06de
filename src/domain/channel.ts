/**
 * What kind of client asked, for the log: the native endpoint (`http`), a WebSocket (`ws`), the AI SDK, OpenAI’s chat
 * completions and its responses, a page’s `?ask=` (`docs-ask`), and the terminal without a server (`cli`).
 */
export const channels = ['http', 'ws', 'ai-sdk', 'openai', 'openai-responses', 'docs-ask', 'cli'] as const

export type Channel = (typeof channels)[number]
