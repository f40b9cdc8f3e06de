import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, test, vi} from 'vitest'
import {askToEnd} from '../support/console-docent.ts'
import {type DocsTeamDocent, kettleDocs, startDocsTeam} from '../support/docs-team.ts'
import {bearer, staffApi} from '../support/staff-people.ts'
import {docsToken, startDocent, supportToken, type TestDocent} from '../support/start-docent.ts'

const aboutWifi = [
  'Can I connect it to my wifi?',
  'Which wifi networks does it support?',
  'wifi setup',
  'Can I connect it to my wifi?',
]

const wifiPage =
  '# Wifi\n\n## Connect to a wifi network\n\nYou can connect Kettle to your wifi. For the wifi setup, set `wifi` in kettle.toml to the name of your wifi network. Kettle supports wifi networks at 2.4 GHz and 5 GHz.\n'

/** Groups now, and waits until that has ended. */
async function group(product: TestDocent): Promise<void> {
  expect((await staffApi(product, 'POST', '/gaps/group')).status).toBe(202)
  await vi.waitFor(
    async () => {
      const {body} = await staffApi(product, 'GET', '/gaps')
      expect(body).toMatchObject({pending: false, asOf: expect.any(Number)})
    },
    {timeout: 60_000, interval: 100},
  )
}

const list = async (product: TestDocent, query = 'state=all&scope=all') =>
  (await staffApi(product, 'GET', `/gaps?${query}`)).body

const get = async (product: TestDocent, id: string) => (await staffApi(product, 'GET', `/gaps/${id}`)).body

describe('what the docs of a real server fail to answer', () => {
  let product: DocsTeamDocent
  let gapId: string
  const answers: string[] = []
  let answered: string
  let lastConversation: string

  beforeAll(async () => {
    product = await startDocsTeam({hasModel: true, generator: null})
    for (const question of aboutWifi) answers.push((await askToEnd(product, question)).answerId)
    answered = (await askToEnd(product, 'Which port does the server listen on?')).answerId
    await group(product)
  })
  afterAll(() => product.close())

  test('is grouped by meaning, with words, nearest sections and counts', async () => {
    const {items, counts, reason} = await list(product)
    expect(counts).toEqual({open: 1, closed: 0, dismissed: 0})
    expect(reason).toBeNull()
    expect(items).toMatchObject([
      {
        title: expect.stringContaining('wifi'),
        state: 'open',
        size: 4,
        conversations: 4,
        trend: {recent: 4, before: 0},
        reasons: {abstained: 4, partly: 0, disliked: 0, left: 0, failedReview: 0},
        severity: 'medium',
        revision: 1,
        closed: null,
        reopened: null,
        assignee: null,
      },
    ])
    expect((await staffApi(product, 'GET', '/gaps?cursor=none')).status).toBe(400)
    gapId = items[0].id
    expect(items[0].examples.length).toBeGreaterThanOrEqual(2)
    expect(items[0].nearest[0].url).toMatch(/^\/docs\//)
    const {questions} = await get(product, gapId)
    expect(questions.map((one: {question: string}) => one.question).sort()).toEqual([...aboutWifi].sort())
    expect(questions[0]).toMatchObject({answerId: answers[3], reason: 'abstained', rating: null})
    for (const query of ['q=WIFI', 'severity=medium', 'assignee=none', 'sort=trend&limit=1'])
      expect((await list(product, `scope=all&${query}`)).items, query).toHaveLength(1)
    for (const query of ['q=toast', 'severity=high', 'assignee=Ada', 'state=closed'])
      expect((await list(product, `scope=all&${query}`)).items, query).toEqual([])
    // Whatever it is taken to be about, one of the two lists has it, and the other says that it is there.
    for (const query of ['', 'q=networks', 'q=toast']) {
      const elsewhere = (await list(product, `scope=elsewhere&${query}`)).items.length
      const here = await list(product, query)
      expect({...here, items: here.items.length}).toMatchObject({
        elsewhere,
        items: query === 'q=toast' ? 0 : 1 - elsewhere,
      })
    }
    expect((await staffApi(product, 'GET', `/transcripts/${answers[0]}`)).body.gap).toBe(gapId)
    expect((await staffApi(product, 'GET', `/transcripts/${answered}`)).body.gap).toBeNull()
  })

  test('is read by support and docs staff, who see no answers; docs staff change it, at the revision they know', async () => {
    const docs = await staffApi(product, 'GET', `/gaps/${gapId}`, undefined, bearer(docsToken))
    expect(docs.body.questions[0]).toMatchObject({
      answerId: null,
      question: expect.stringContaining('wifi'),
    })
    const support = await staffApi(product, 'GET', `/gaps/${gapId}`, undefined, bearer(supportToken))
    expect(support.body.questions[0].answerId).toBe(answers[3])

    const change = {revision: 1, assignee: ' Ada ', note: 'A page is missing.'}
    const path = `/gaps/${gapId}`
    expect((await staffApi(product, 'PATCH', path, change, bearer(supportToken))).status).toBe(403)
    for (const assignee of ['Ada\u202e', 'Ada\u200b', 'Ada\nBob', '\u001b[31mAda'])
      expect(
        await staffApi(product, 'PATCH', path, {revision: 1, assignee}, bearer(docsToken)),
      ).toMatchObject({
        status: 400,
        body: {error: {message: expect.stringContaining('assignee: must not contain control characters')}},
      })
    const changed = await staffApi(product, 'PATCH', path, change, bearer(docsToken))
    expect(changed.body).toMatchObject({revision: 2, assignee: 'Ada', note: 'A page is missing.'})
    // Sent again, because the response was lost.
    expect((await staffApi(product, 'PATCH', path, change, bearer(docsToken))).body.revision).toBe(2)
    const late = await staffApi(product, 'PATCH', path, {revision: 1, state: 'dismissed'}, bearer(docsToken))
    expect(late).toMatchObject({status: 409, body: {error: {code: 'conflict'}}})
    const {history} = await get(product, gapId)
    expect(history).toMatchObject([
      {what: 'noted', by: expect.any(String)},
      {what: 'assigned', detail: 'Ada'},
    ])
    const audit = await staffApi(product, 'GET', '/audit?what=gap_changed')
    expect(audit.body.items.length).toBeGreaterThan(0)
  })

  test('stays open when a build changes something else, and closes when a page answers it; the report says so', async () => {
    product.folder.write('old.md', `${kettleDocs['old.md']}\nThe bell is louder.\n`)
    expect((await reindexed(product)).gapsClosed).toEqual([])
    expect(await get(product, gapId)).toMatchObject({state: 'open'})

    product.folder.write('wifi.md', wifiPage)
    const report = await reindexed(product)
    expect(report.gapsClosed).toEqual([{id: gapId, title: expect.stringContaining('wifi'), size: 4}])
    const build = await staffApi(product, 'GET', `/builds/${report.build}`)
    expect(build.body.gapsClosed).toEqual(report.gapsClosed)
    expect(await get(product, gapId)).toMatchObject({
      state: 'closed',
      assignee: 'Ada',
      closed: {
        by: null,
        how: 'build',
        build: report.build,
        because: 'new_section',
        section: {url: expect.stringMatching(/^\/docs\/wifi#/), isInDocs: true},
      },
    })

    // A page that is removed later leaves it closed, and says that what answered it is gone.
    product.folder.remove('wifi.md')
    await reindexed(product)
    expect(await get(product, gapId)).toMatchObject({state: 'closed', closed: {section: {isInDocs: false}}})
    product.folder.write('wifi.md', wifiPage)
    await reindexed(product)
    expect((await get(product, gapId)).closed.section.isInDocs).toBe(true)
  })

  test('is opened again with a tap, and does not close again in the same build', async () => {
    const {revision} = await get(product, gapId)
    const opened = await staffApi(product, 'PATCH', `/gaps/${gapId}`, {revision, state: 'open'})
    expect(opened.body).toMatchObject({state: 'open', closed: null, reopened: {by: expect.any(String)}})
    await group(product)
    expect(await get(product, gapId)).toMatchObject({state: 'open'})
  })

  test('opens by itself when the same is asked in vain after it was closed', async () => {
    const {revision} = await get(product, gapId)
    await staffApi(product, 'PATCH', `/gaps/${gapId}`, {revision, state: 'closed'})
    expect(await get(product, gapId)).toMatchObject({closed: {how: 'person', section: null}})
    const {answerId, conversationId} = await askToEnd(product, aboutWifi[0]!)
    lastConversation = conversationId
    const feedback = await fetch(`${product.url}/api/answers/${answerId}/feedback`, {
      method: 'POST',
      headers: {'content-type': 'application/json'},
      body: JSON.stringify({rating: 'down'}),
    })
    expect(feedback.ok).toBe(true)
    await group(product)
    expect(await get(product, gapId)).toMatchObject({
      state: 'open',
      size: 5,
      reasons: {abstained: 4, disliked: 1},
      reopened: {by: null},
    })
  })

  test('shows where a verified answer is given, and does not open again for what visitors make of that answer', async () => {
    const question = aboutWifi[0]!
    const draft = {question, text: 'Not yet.', url: '/docs/settings'}
    const {id, revision} = (await staffApi(product, 'POST', '/verified', draft)).body
    expect((await get(product, gapId)).verified).toEqual([])
    await staffApi(product, 'POST', `/verified/${id}/publish`, {revision})

    expect((await list(product)).items[0].verified).toEqual([id])
    const before = await get(product, gapId)
    expect(before.verified).toEqual([id])
    for (const one of before.questions) expect(one.verified).toBe(one.question === question ? id : null)

    await staffApi(product, 'PATCH', `/gaps/${gapId}`, {revision: before.revision, state: 'closed'})
    const {answerId} = await askToEnd(product, question)
    await fetch(`${product.url}/api/answers/${answerId}/feedback`, {
      method: 'POST',
      headers: {'content-type': 'application/json'},
      body: JSON.stringify({rating: 'down'}),
    })
    await group(product)
    expect(await get(product, gapId)).toMatchObject({state: 'closed', size: 5, reasons: {disliked: 1}})

    await staffApi(product, 'POST', `/verified/${id}/withdraw`, {revision: revision + 1})
    expect((await list(product)).items[0].verified).toEqual([])
  })

  test('is forgotten with its transcripts, at once: no word and no trace of them is left', async () => {
    expect(filesOfGaps(product)).not.toMatch(/connect it|networks does/)
    expect((await staffApi(product, 'DELETE', `/transcripts/${answers[0]}`)).status).toBe(204)
    const after = await get(product, gapId)
    expect(after.questions).toHaveLength(4)
    await fetch(`${product.url}/api/conversations/${lastConversation}`, {method: 'DELETE'})
    const left = await get(product, gapId)
    expect(left).toMatchObject({size: 3, questions: {length: 3}})
    for (const {answerId} of left.questions) await staffApi(product, 'DELETE', `/transcripts/${answerId}`)
    expect((await staffApi(product, 'GET', `/gaps/${gapId}`)).status).toBe(404)
    expect((await list(product)).items).toEqual([])
    await group(product)
    expect((await list(product)).items).toEqual([])
  })

  test('is a figure of operators', async () => {
    const metrics = await fetch(`${product.url}/metrics`)
    expect(await metrics.text()).toMatch(/^docent_gaps_open 0$/m)
  })
})

test('without words there is nothing to group, and the list says why', async () => {
  const product = await startDocent({settings: {transcripts: 'metadata'}})
  try {
    await askToEnd(product, 'What about xyzzy?')
    const {items, reason, asOf} = await list(product)
    expect(items).toEqual([])
    expect(asOf).toBeNull()
    expect(reason).toContain('TRANSCRIPTS=metadata')
    expect((await staffApi(product, 'POST', '/gaps/group')).status).toBe(409)
    expect((await staffApi(product, 'GET', '/gaps?sort=loudest')).status).toBe(400)
  } finally {
    await product.close()
  }
})

function filesOfGaps({dataDir}: TestDocent): string {
  const file = join(dataDir, 'gaps.sqlite')
  return ['', '-wal'].map((suffix) => readFileSync(file + suffix).toString('latin1')).join('')
}

async function reindexed(product: TestDocent) {
  const {body} = await staffApi(product, 'POST', '/reindex', {})
  const events = await fetch(`${product.url}${body.events}`, {headers: bearer(docsToken)})
  const [, done = ''] = /event: done\ndata: (.*)\n/.exec(await events.text()) ?? []
  return JSON.parse(done).report
}
