import {mkdir, writeFile} from 'node:fs/promises'
import {join} from 'node:path'

const pages: Readonly<Record<string, string>> = {
  'index.md': `# Kettle

Kettle is a small server that boils water on request. It runs on one machine and needs no account.

## What it is for

Use Kettle where several people share one stove and want to know when the water is hot.
`,
  'install.md': `# Install Kettle

Kettle runs on Linux and macOS. It needs 40 MB of disk space.

## On Linux

Download the package and run the installer:

\`\`\`sh
curl -O https://kettle.example/kettle.tar.gz
tar xf kettle.tar.gz
./install.sh
\`\`\`

The installer puts the program into /usr/local/bin.

## Upgrade

Stop the server, run the installer again, then start the server. Settings are kept.
`,
  'settings.md': `# Settings

Kettle reads its settings from kettle.toml in the working folder.

## Change the port

The server listens on port 8118. Set \`port\` in kettle.toml to another number to change the port:

\`\`\`toml
port = 9000
\`\`\`

## Temperature

Set \`target\` to the temperature in degrees Celsius. The default is 95. Green tea wants 75.
`,
  'troubleshooting.md': `# Troubleshooting

## The water stays cold

Check that the stove is plugged in. Kettle writes "no current" into its log when it is not.

## The lid sensor reports an error

Clean the contact below the lid with a dry cloth, then restart the server.
`,
}

/** Writes a small documentation of a fictional product. */
export async function writeSampleContent(folder: string): Promise<void> {
  await mkdir(folder, {recursive: true})
  for (const [name, text] of Object.entries(pages)) await writeFile(join(folder, name), text)
}
