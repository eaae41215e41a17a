// A mail server that takes mail and keeps it, and knows nobody whose address begins with "gone".
import { createServer } from 'node:net';

export async function startMailServer() {
  const mails = []; // {to, text}
  const server = createServer((socket) => {
    let buffer = '', to = '', inside = false;
    const say = (line) => socket.write(`${line}\r\n`);
    const take = () => {
      const end = buffer.indexOf('\r\n.\r\n');
      if (end < 0) return false;
      mails.push({ to, text: buffer.slice(0, end) });
      buffer = buffer.slice(end + 5);
      inside = false;
      say('250 2.0.0 taken');
      return true;
    };
    const command = (line) => {
      const verb = line.slice(0, 4).toUpperCase();
      if (verb === 'EHLO') say('250-mail.example.org\r\n250-PIPELINING\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 ENHANCEDSTATUSCODES');
      else if (verb === 'RCPT') {
        to = /<([^>]*)>/.exec(line)?.[1] ?? '';
        say(to.startsWith('gone') ? '550 5.1.1 no such user here' : '250 2.1.5 ok');
      } else if (verb === 'DATA') {
        inside = !to.startsWith('gone');
        say(inside ? '354 go on' : '554 5.5.1 no recipients');
      } else if (verb === 'QUIT') {
        say('221 2.0.0 bye');
        socket.end();
      } else say('250 2.0.0 ok');
    };
    socket.setNoDelay().setEncoding('utf8').on('error', () => {}).on('data', (text) => {
      buffer += text;
      for (;;) {
        if (inside) {
          if (!take()) break;
          continue;
        }
        const end = buffer.indexOf('\r\n');
        if (end < 0) break;
        const line = buffer.slice(0, end);
        buffer = buffer.slice(end + 2);
        command(line);
      }
    });
    say('220 mail.example.org ESMTP');
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  server.unref();
  return {
    port: server.address().port,
    mails,
    close: () => server.close(),
  };
}
