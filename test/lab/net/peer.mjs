/**
 * A program on a host of the lab, for tests of the network: it writes one line for each thing that happens to it.
 *
 *   serve <name> <host> <port>   echoes each line as `<name> <line>`; writes `listening`
 *   client                       reads commands from standard input:
 *     open <id> <address> <port>   writes `<id> open`, later `<id> got <line>`, `<id> ended <why>`
 *     say <id> <text>
 */
import { createConnection, createServer } from 'node:net';
import { createInterface } from 'node:readline';

const say = (line) => process.stdout.write(`${line}\n`);
const [mode, ...args] = process.argv.slice(2);

if (mode === 'serve') {
  const [name, host, port] = args;
  const server = createServer((socket) => {
    socket.on('error', () => {});
    createInterface({ input: socket }).on('line', (line) => socket.write(`${name} ${line}\n`));
  });
  server.listen({ host, port: Number(port) }, () => say('listening'));
} else {
  const sockets = new Map();
  createInterface({ input: process.stdin }).on('line', (command) => {
    const [verb, id, ...rest] = command.split(' ');
    if (verb === 'say') sockets.get(id).write(`${rest.join(' ')}\n`);
    if (verb === 'open') open(id, ...rest);
  });
  const open = (id, host, port) => {
    const socket = createConnection({ host, port: Number(port) });
    sockets.set(id, socket);
    socket.on('connect', () => say(`${id} open`));
    socket.on('error', (error) => say(`${id} ended ${error.code}`));
    socket.on('end', () => say(`${id} ended by peer`));
    createInterface({ input: socket })
      .on('line', (line) => say(`${id} got ${line}`))
      .on('error', () => {});
  };
  say('ready');
}
