import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernHttp,
} from '@modelcontextprotocol/client'
import {StdioClientTransport as ModernStdio} from '@modelcontextprotocol/client/stdio'
import {Client as LegacyClient} from '@modelcontextprotocol/sdk/client/index.js'
import {StdioClientTransport as LegacyStdio} from '@modelcontextprotocol/sdk/client/stdio.js'
import {StreamableHTTPClientTransport as LegacyHttp} from '@modelcontextprotocol/sdk/client/streamableHttp.js'

/** What a tool returned, as both clients have it. */
export interface CallResult {
  readonly content: readonly {readonly type: string; readonly text: string}[]
  readonly structuredContent?: Record<string, unknown>
  readonly isError?: boolean
}

export interface ListedTool {
  readonly name: string
  readonly title?: string
  readonly description?: string
  readonly inputSchema: Record<string, unknown>
  readonly outputSchema?: Record<string, unknown>
  readonly annotations?: Record<string, unknown>
}

/** One of the clients of the SDKs, in one era of the protocol. */
export interface McpClient {
  readonly serverInfo: {readonly name: string; readonly title?: string; readonly version: string}
  readonly instructions: string | undefined
  readonly capabilities: Record<string, unknown>
  /** Of the protocol. */
  readonly version: string | undefined
  tools(): Promise<readonly ListedTool[]>
  /** Checks the structured content against the output schema, as both SDKs do once they have listed the tools. */
  call(name: string, args?: Record<string, unknown>, signal?: AbortSignal): Promise<CallResult>
  resources(cursor?: string): Promise<{
    readonly resources: readonly {readonly uri: string; readonly name: string; readonly title?: string}[]
    readonly nextCursor?: string
  }>
  templates(): Promise<readonly {readonly uriTemplate: string}[]>
  read(
    uri: string,
  ): Promise<readonly {readonly uri: string; readonly mimeType?: string; readonly text?: string}[]>
  close(): Promise<void>
}

export type Era = 'modern' | 'legacy'
export const eras: readonly Era[] = ['modern', 'legacy']

const info = {name: 'docent-tests', version: '1.0.0'}

/** The modern client, pinned to 2026-07-28, or the legacy one, of the SDK's last 1.x version. */
function newClient(era: Era): ModernClient | LegacyClient {
  return era === 'modern'
    ? new ModernClient(info, {versionNegotiation: {mode: {pin: '2026-07-28'}}})
    : new LegacyClient(info)
}

export async function connectOverHttp(
  era: Era,
  url: string,
  headers: Record<string, string> = {},
): Promise<McpClient> {
  const client = newClient(era)
  const Transport = era === 'modern' ? ModernHttp : LegacyHttp
  // The two clients and their transports differ in types alone.
  const transport = new Transport(new URL('/mcp', url), {requestInit: {headers}}) as never
  await client.connect(transport)
  return wrapped(client, era)
}

export interface StdioCommand {
  readonly command: string
  readonly args: readonly string[]
  readonly env: Record<string, string>
  readonly cwd?: string
}

export interface StdioMcpClient extends McpClient {
  readonly pid: number | null
  /** What the process has written to standard error. */
  stderr(): string
}

export async function connectOverStdio(era: Era, {args, ...rest}: StdioCommand): Promise<StdioMcpClient> {
  const client = newClient(era)
  const Transport = era === 'modern' ? ModernStdio : LegacyStdio
  const transport = new Transport({...rest, args: [...args], stderr: 'pipe'})
  let stderr = ''
  transport.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  await client.connect(transport as never)
  return Object.assign(wrapped(client, era), {pid: transport.pid, stderr: () => stderr})
}

function wrapped(given: ModernClient | LegacyClient, era: Era): McpClient {
  // Their methods have the same names and shapes; only their types differ.
  const client = given as LegacyClient
  return {
    serverInfo: client.getServerVersion() as McpClient['serverInfo'],
    instructions: client.getInstructions(),
    capabilities: client.getServerCapabilities() as Record<string, unknown>,
    version:
      era === 'modern'
        ? (given as ModernClient).getNegotiatedProtocolVersion()
        : (client.transport as LegacyHttp | undefined)?.protocolVersion,
    tools: async () => (await client.listTools()).tools as readonly ListedTool[],
    async call(name, args = {}, signal) {
      const params = {name, arguments: args}
      const options = signal === undefined ? {} : {signal}
      const result =
        era === 'modern'
          ? await (given as ModernClient).callTool(params, options)
          : await client.callTool(params, undefined, options)
      return result as unknown as CallResult
    },
    resources: async (cursor = undefined) =>
      // The modern client reads all pages unless it is given a cursor.
      (await client.request(
        {method: 'resources/list', params: cursor === undefined ? {} : {cursor}},
        await resourcesSchema(era),
      )) as never,
    templates: async () => (await client.listResourceTemplates()).resourceTemplates,
    read: async (uri) => (await client.readResource({uri})).contents as never,
    close: () => client.close(),
  }
}

async function resourcesSchema(era: Era): Promise<never> {
  if (era === 'modern')
    return (await import('@modelcontextprotocol/client')).specTypeSchemas.ListResourcesResult as never
  return (await import('@modelcontextprotocol/sdk/types.js')).ListResourcesResultSchema as never
}
