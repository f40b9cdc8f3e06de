import {describe, test} from 'vitest'
import {checkAiSdk} from '../matrix/protocols/ai-sdk/check.ts'
import {startProtocolDocs} from '../support/protocol-docs.ts'

describe('useChat of the AI SDK', () => {
  test('asks, resumes and stops, and tells every ending apart', {timeout: 300_000}, async () => {
    const docs = await startProtocolDocs()
    const module = import.meta.resolve('ai')
    await checkAiSdk({node: process.execPath, module, major: 6}, docs)
    await Promise.all([docs.open.close(), docs.strict.close()])
  })
})
