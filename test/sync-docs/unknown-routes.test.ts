import {expect, test} from 'vitest'
import {unknownRoutesIn} from '../../scripts/sync-docs/unknown-routes.ts'

test('addresses without a route are found in every notation', () => {
  const text = `\`GET /api/admin/nothing\` and \`POST /api/search?q=x\`; curl localhost:3000/api/answer -d {},
fetch('/api/answers/:id/rate'), DELETE /console, GET /nothing.`

  expect(unknownRoutesIn(text)).toEqual([
    'GET /api/admin/nothing',
    'POST /api/search',
    '/api/answer',
    '/api/answers/:id/rate',
    'DELETE /console',
    'GET /nothing',
  ])
})

test('addresses of routes are not, with ids, queries, ellipses and punctuation', () => {
  const text = `\`GET /api/answers/ANSWER_ID/events?after=2\`, \`HEAD /docs/guides/auth\`, GET /docs/… (GET /).
curl -N localhost:3000/api/answers -H x; https://docs.example.com/api/ws, \`location /api/ {\`; DELETE /api/conversations/:id.`

  expect(unknownRoutesIn(text)).toEqual([])
})

test('code that is only a path counts if it can only be a route', () => {
  const meaning = 'Reads `/metrics`, `/coverage` and `/docs/…`, but not `models/`.'

  expect(unknownRoutesIn(meaning, {pathsAlone: true})).toEqual(['/coverage'])
  expect(unknownRoutesIn(meaning)).toEqual([])
})
