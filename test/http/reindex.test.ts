import {describe, expect, test} from 'vitest'
import {closedAfterEach} from '../support/closed-after-each.ts'
import {startDocsTeam} from '../support/docs-team.ts'
import {allEventsOf} from '../support/event-reader.ts'
import {bearer, staffApi} from '../support/staff-people.ts'
import {docsToken, type TestDocent} from '../support/start-docent.ts'

const start = closedAfterEach(startDocsTeam)
const docs = bearer(docsToken)
const jobsOf = async (product: TestDocent) =>
  (await staffApi(product, 'GET', '/reindex', undefined, docs)).body.jobs
const post = (product: TestDocent, path: string, body: object = {}) =>
  staffApi(product, 'POST', path, body, docs)
const eventsOf = async (product: TestDocent, id: string) =>
  allEventsOf(await fetch(`${product.url}/api/admin/reindex/${id}/events`, {headers: docs}))

describe('reindexes', () => {
  test('are listed with who started them, from another browser too, and as they ended', async () => {
    const product = await start()
    const release = product.hold()
    const {body} = await post(product, '/reindex', {full: true})

    expect(await jobsOf(product)).toMatchObject([
      {id: body.id, state: 'running', by: 'staff', full: true, canCancel: true, endedAt: null},
    ])
    const second = await post(product, '/reindex')
    expect(second.status).toBe(409)
    expect(second.body.error.jobId).toBe(body.id)
    release()
    const events = await eventsOf(product, body.id)

    expect(events.at(-1)).toMatchObject({type: 'done'})
    const [job] = await jobsOf(product)
    expect(job).toMatchObject({state: 'done', outcome: 'published', problem: null, progress: null})
    expect(job.endedAt).toBeGreaterThanOrEqual(job.startedAt)
  })

  test('of a webhook and of staff are told apart, and one may wait for the other', async () => {
    const product = await start({settings: {webhookSecret: 'secret-of-the-webhook'}})
    const push = () =>
      staffApi(
        product,
        'POST',
        '/reindex',
        {ref: 'refs/heads/main'},
        {'x-gitlab-token': 'secret-of-the-webhook'},
      )
    const release = product.hold()
    const first = await post(product, '/reindex')
    await push()

    expect(await jobsOf(product)).toMatchObject([
      {by: 'webhook', name: null, state: 'waiting', canCancel: true},
      {by: 'staff', state: 'running'},
    ])
    const [{id}] = await jobsOf(product)
    expect((await post(product, `/reindex/${id}/cancel`)).status).toBe(200)
    release()
    await eventsOf(product, first.body.id)
    expect(await jobsOf(product)).toMatchObject([{state: 'cancelled', startedAt: null}, {state: 'done'}])
  })

  test('that are cancelled leave the build that is served, and are in the audit log', async () => {
    const product = await start()
    product.hold()
    const {body} = await post(product, '/reindex')

    expect((await post(product, `/reindex/${body.id}/cancel`)).status).toBe(200)
    const [last] = (await eventsOf(product, body.id)).slice(-1)

    expect(last).toMatchObject({type: 'error', data: {code: 'cancelled'}})
    expect(await jobsOf(product)).toMatchObject([{state: 'cancelled', canCancel: false}])
    expect((await post(product, `/reindex/${body.id}/cancel`)).status).toBe(409)
    expect((await post(product, '/reindex/none/cancel')).status).toBe(404)
    const {body: builds} = await staffApi(product, 'GET', '/builds', undefined, docs)
    expect(builds.builds).toMatchObject([{id: product.build, isCurrent: true}])
    const audit = await staffApi(product, 'GET', '/audit?what=reindex_cancelled')
    expect(audit.body.items).toMatchObject([{which: body.id, role: 'docs'}])
  })

  test('that a gate refuses say with which numbers, and can be published all the same', async () => {
    const product = await start()
    for (const path of ['settings.md', 'guide/repair.md', 'old.md']) product.folder.remove(path)
    const refused = await post(product, '/reindex')
    const [last] = (await eventsOf(product, refused.body.id)).slice(-1)

    expect(last).toMatchObject({type: 'error', data: {code: 'gate_failed', report: {outcome: 'refused'}}})
    expect(last!.data['report']).toMatchObject({
      gates: expect.arrayContaining([expect.objectContaining({name: 'shrink', passed: false})]),
    })
    expect(await jobsOf(product)).toMatchObject([{state: 'failed', problem: {code: 'gate_failed'}}])

    const forced = await post(product, '/reindex', {force: true})
    expect((await eventsOf(product, forced.body.id)).at(-1)).toMatchObject({type: 'done'})
    expect((await jobsOf(product))[0]).toMatchObject({force: true, outcome: 'published'})
  })
})
