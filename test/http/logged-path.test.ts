import {expect, test} from 'vitest'
import {refOf} from '../../src/answers/index.ts'
import {loggedPath} from '../../src/http/log.ts'

test.each([
  ['/v1/chat/completions', '/v1/chat/completions'],
  ['/api/chat', '/api/chat'],
  ['/api/chat/my-chat/stream', `/api/chat/${refOf('my-chat')}/stream`],
  ['/api/answers/abc/events', `/api/answers/${refOf('abc')}/events`],
  ['/api/admin/transcripts/export', '/api/admin/transcripts/export'],
])('%s is logged as %s', (path, logged) => {
  expect(loggedPath({baseUrl: '', path})).toBe(logged)
})
