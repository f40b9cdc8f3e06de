// @ts-nocheck: it is for any version of both SDKs, and none of their types.
/**
 * A program with a client of an MCP SDK: asks a server of Docent everything, over HTTP and over standard input and output,
 * and prints what it saw as one line of JSON. It runs on any version of Node and imports nothing of Docent.
 *
 * Usage: node client.mjs OPTIONS, as `checkSdk` gives them in JSON
 */
const {loader, sdk, era, urls, command} = JSON.parse(process.argv[2])
const {load} = await import(loader)
const isSuccessor = sdk === '@modelcontextprotocol/client'
const modules = isSuccessor
  ? {client: sdk, http: sdk, stdio: `${sdk}/stdio`}
  : {
      client: `${sdk}/client/index.js`,
      http: `${sdk}/client/streamableHttp.js`,
      stdio: `${sdk}/client/stdio.js`,
    }
const {Client} = await load(modules.client)
const {StreamableHTTPClientTransport} = await load(modules.http)
const {StdioClientTransport} = await load(modules.stdio)

const failure = (error) => ({
  name: error.constructor.name,
  code: error.code ?? null,
  status: error.status ?? null,
  message: error.message,
  data: error.data ?? null,
})

async function attempt(work) {
  try {
    return (await work()) ?? null
  } catch (error) {
    return {failure: failure(error)}
  }
}

/** Agreed on by `initialize`, which every request after it names in a header. */
let versionHeader = null
const {fetch} = globalThis
globalThis.fetch = (input, init) => {
  versionHeader = new Headers(init?.headers).get('mcp-protocol-version') ?? versionHeader
  return fetch(input, init)
}

async function connect(transport) {
  const negotiation = era === 'modern' ? {versionNegotiation: {mode: {pin: '2026-07-28'}}} : {}
  const client = new Client({name: 'docent-matrix', version: '1.0.0'}, negotiation)
  await client.connect(transport)
  return client
}

const overHttp = (url, headers = {}) =>
  connect(new StreamableHTTPClientTransport(new URL(`${url}/mcp`), {requestInit: {headers}}))

/** Everything that there is to ask, with what it gave. */
async function tour(client) {
  const call = (name, args = {}) => attempt(() => client.callTool({name, arguments: args}))
  // From now on, what a tool returns is checked against its output schema, by versions that know those.
  const {tools} = await client.listTools()
  const search = await call('search', {query: 'When do tokens expire?'})
  return {
    server: client.getServerVersion(),
    capabilities: client.getServerCapabilities(),
    instructions: client.getInstructions?.() ?? null,
    version: client.getNegotiatedProtocolVersion?.() ?? null,
    tools,
    found: await call('search_docs', {query: 'When do tokens expire?', limit: 2}),
    notFound: await call('search_docs', {query: 'Is quantum chromodynamics asymptotically free?'}),
    page: await call('get_doc', {page: 'guides/port.md'}),
    pages: await call('list_docs', {under: 'guides/'}),
    search,
    fetched: await call('fetch', {id: JSON.parse(search.content[0].text).results[0].id}),
    unknownPage: await call('get_doc', {page: 'guides/ports'}),
    badArguments: await call('get_doc', {page: 7}),
    unknownTool: await call('delete_docs'),
    resources: (await client.listResources()).resources,
    templates: (await client.listResourceTemplates()).resourceTemplates,
    read: await client.readResource({uri: 'docs:///guides/port.md'}),
    unknownResource: await attempt(() => client.readResource({uri: 'docs:///none.md'})),
  }
}

const results = {}
{
  const client = await overHttp(urls.open)
  results.http = {...(await tour(client)), versionHeader}
  results.tooLarge = await attempt(() =>
    client.callTool({name: 'search_docs', arguments: {query: 'x'.repeat(70_000)}}),
  )
  results.afterTooLarge = await attempt(() => client.callTool({name: 'list_docs', arguments: {}}))
  await client.close()
}
{
  const client = await connect(new StdioClientTransport({...command, stderr: 'ignore'}))
  results.stdio = await tour(client)
  await client.close()
}
results.foreign = await attempt(async () =>
  (await overHttp(urls.open, {origin: 'https://evil.example'})).close(),
)
results.listed = await attempt(async () => (await overHttp(urls.open, {origin: urls.allowedOrigin})).close())
{
  const client = await overHttp(urls.fewSearches)
  const call = () => client.callTool({name: 'list_docs', arguments: {}})
  await call()
  results.fewSearches = await attempt(call)
  await client.close()
}
{
  const client = await overHttp(urls.fewRequests)
  for (let n = 0; n < 30 && results.fewRequests?.failure === undefined; n++) {
    // Not a list, which a client may keep for a minute.
    results.fewRequests = await attempt(() => client.callTool({name: 'list_docs', arguments: {}}))
  }
  await client.close()
}
console.log(JSON.stringify(results))
process.exit()
