import {fileURLToPath} from 'node:url'
import {afterAll, beforeAll, describe, expect, test} from 'vitest'
import {allowOf, type Caller, routes} from '../../src/http/routes.ts'
import {builtFile} from '../../src/package/index.ts'
import type {Settings} from '../../src/settings/settings.ts'
import {startDocent, type TestDocent} from '../support/start-docent.ts'

const tokens = {
  admin: 'admin-token-of-tests',
  docs: 'docs-token-for-tests',
  support: 'support-token-tests',
  metrics: 'metrics-token-tests',
}

const webDir = fileURLToPath(builtFile('web'))
let product: TestDocent

beforeAll(async () => {
  product = await start()
})

afterAll(() => product.close())

const start = (more: Partial<Settings> = {}) =>
  startDocent({
    webDir,
    pages: null,
    settings: {
      adminToken: tokens.admin,
      docsToken: tokens.docs,
      supportToken: tokens.support,
      metricsToken: tokens.metrics,
      ...more,
    },
  })

/** A layer of a router's stack, as far as routes need it. */
interface Layer {
  readonly rawPath: string | readonly string[]
  readonly handle: {readonly stack?: readonly Layer[]}
  readonly route?: {
    readonly path: string | readonly string[]
    readonly methods: Readonly<Record<string, boolean>>
  }
}

/** `METHOD /path` of every route below a router. Those that take any method only refuse. */
function routesIn(stack: readonly Layer[], prefix = ''): string[] {
  return stack.flatMap(({route, rawPath, handle}) => {
    if (route === undefined) return handle.stack ? routesIn(handle.stack, `${prefix}${rawPath}`) : []
    return [route.path].flat().flatMap((path) =>
      Object.keys(route.methods)
        .filter((method) => method !== '_all')
        .map((method) => `${method.toUpperCase()} ${prefix}${path}`),
    )
  })
}

/** An address that the path of a route matches. */
const exampleOf = (path: string) => path.replace(/[:*]\w+/g, 'none-such')

test('the table holds every route that the server has, and no other', () => {
  const {stack} = product.http.app.router as unknown as {readonly stack: readonly Layer[]}

  const table = routes.filter(({isFile}) => !isFile).map(({method, path}) => `${method} ${path}`)
  expect(routesIn(stack).sort()).toEqual(table.sort())
})

test.each([...allowOf(routes)])(
  'another method at %s is refused with what it takes: %s',
  async (path, allow) => {
    const response = await fetch(`${product.url}${exampleOf(path)}`, {method: 'PROPFIND'})

    expect([response.status, response.headers.get('allow')]).toEqual([405, allow])
    const {error} = await response.json()
    // In the form of JSON-RPC the code is a number, and Docent's own is beside it.
    expect(error.data?.code ?? error.code).toBe('method_not_allowed')
  },
)

test('a page that is not served is answered with 404, not 405', async () => {
  const bare = await startDocent()
  const response = await fetch(`${bare.url}/`)
  await bare.close()

  expect(response.status).toBe(404)
})

test('other sites may use the methods of the routes that they may call', async () => {
  const preflight = await fetch(`${product.url}/api/answers`, {method: 'OPTIONS'})

  expect(preflight.headers.get('access-control-allow-methods')?.split(', ').sort()).toEqual([
    'DELETE',
    'GET',
    'POST',
  ])
})

describe('who may call a route', () => {
  let behindProxy: TestDocent
  beforeAll(async () => {
    behindProxy = await start({trustProxy: '1'})
  })
  afterAll(() => behindProxy.close())

  type Who = keyof typeof tokens | 'a stranger' | 'a page from elsewhere'
  const everybody: readonly Who[] = [
    'a stranger',
    'a page from elsewhere',
    'admin',
    'docs',
    'support',
    'metrics',
  ]
  const signedOut = {'a stranger': 401, 'a page from elsewhere': 401, metrics: 401}
  /** The status that refuses each of them; callers that are not listed are allowed. */
  const refusals: Readonly<Record<Caller, Partial<Record<Who, number>>>> = {
    anyone: {},
    visitors: {'a page from elsewhere': 403},
    'own pages': {'a page from elsewhere': 403},
    staff: signedOut,
    support: {...signedOut, docs: 403},
    docs: {...signedOut, support: 403},
    admin: {...signedOut, support: 403, docs: 403},
    operators: {'a stranger': 401, 'a page from elsewhere': 401, admin: 401, docs: 401, support: 401},
  }

  function headersOf(who: Who): Record<string, string> {
    if (who === 'a stranger') return {}
    if (who === 'a page from elsewhere') return {origin: 'https://elsewhere.example'}
    return {authorization: `Bearer ${tokens[who]}`}
  }

  test.each(routes.map((route, at) => ({...route, at})))(
    '$method $path: $caller',
    async ({method, path, caller, at}) => {
      // Wrong tokens are counted for each address.
      const from = {'x-forwarded-for': `198.51.${Math.floor(at / 250)}.${(at % 250) + 1}`}
      const refused: Partial<Record<Who, number>> = {}
      for (const who of everybody) {
        const address = `${behindProxy.url}${exampleOf(path)}`
        const response = await fetch(address, {
          method,
          headers: {...headersOf(who), ...from},
          redirect: 'manual',
        })
        await response.body?.cancel()
        if (response.status === 401 || response.status === 403) refused[who] = response.status
      }

      // The staff API asks first where a request comes from.
      const first = path.startsWith('/api/admin') ? {'a page from elsewhere': 403} : {}
      expect(refused).toEqual({...refusals[caller], ...first})
    },
  )
})
