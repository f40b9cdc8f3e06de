import {type ChildProcess, spawn, spawnSync} from 'node:child_process'
import {mkdir, readFile, writeFile} from 'node:fs/promises'
import {join} from 'node:path'
import {setTimeout as delay} from 'node:timers/promises'
import {freePort} from './free-port.ts'

/** Whether tests behind a real nginx can run here. */
export const hasNginx = spawnSync('nginx', ['-v']).status === 0

export interface Nginx {
  readonly child: ChildProcess
  readonly url: string
}

export interface NginxOptions {
  /** An empty folder, or one that is made. */
  readonly folder: string
  /** URLs of the servers behind it, which take turns. */
  readonly servers: readonly string[]
  /** Directives of the location, each with its semicolon; default none. */
  readonly directives?: string
  /** A file with an upstream and a server, whose addresses are replaced, instead of a location with its defaults. */
  readonly site?: string
}

/** Starts nginx in front of servers that are ready, with its defaults but for what the directives say. End it with a signal. */
export async function startNginx({folder, servers, directives = '', site}: NginxOptions): Promise<Nginx> {
  await mkdir(folder, {recursive: true})
  const port = await freePort()
  const upstreams = servers.map((url) => `server ${new URL(url).host.replace('localhost', '127.0.0.1')};`)
  const listen = `listen 127.0.0.1:${port} backlog=4096;`
  const given = `upstream docent { ${upstreams.join(' ')} }
  server { ${listen} location / { proxy_pass http://docent; proxy_http_version 1.1; ${directives} } }`
  await writeFile(
    join(folder, 'nginx.conf'),
    `daemon off; master_process off; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
events { worker_connections 8192; }
http {
  access_log off; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  ${site === undefined ? given : await siteOf(site, upstreams, listen)}
}`,
  )
  const child = spawn('nginx', ['-p', folder, '-c', join(folder, 'nginx.conf')], {stdio: 'ignore'})
  const url = `http://127.0.0.1:${port}`
  const answers = () =>
    fetch(`${url}/healthz`).then(
      ({ok}) => ok,
      () => false,
    )
  while (!(await answers())) {
    if (child.exitCode !== null) throw new Error(`nginx ended with ${child.exitCode}`)
    await delay(20)
  }
  return {child, url}
}

/** The file with these servers and this address. @throws Error for a file of another form. */
async function siteOf(file: string, upstreams: readonly string[], listen: string): Promise<string> {
  const text = await readFile(file, 'utf8')
  const replaced = text
    .replace(/(?: {2}server \S+;\n)+/, `${upstreams.map((one) => `  ${one}\n`).join('')}`)
    .replace(/listen \d+;/, listen)
  if (!upstreams.every((one) => replaced.includes(one)) || !replaced.includes(listen))
    throw new Error(`${file} has no servers, or does not listen`)
  return replaced
}
