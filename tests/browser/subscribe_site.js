// The sample cloud's public pages with subscriptions, served by the program itself; what a mail would
// have told is asked with told().
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { here } from './site.js';

export async function startSubscriptions() {
  const program = process.env.NOCTURN_SUBSCRIBE_SAMPLE ?? join(here, '../../build/dev/bin/nocturn_subscribe_sample');
  const running = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'] });
  process.on('exit', () => running.kill());
  const url = await new Promise((done, failed) => {
    running.stdout.once('data', (text) => done(/http:\S+/.exec(String(text))[0]));
    running.once('exit', () => failed(new Error('the sample ended')));
    running.once('error', failed);
  });
  return {
    url,
    /** "token?use=confirm", "token?use=manage" or "quarantine", of that address. */
    told: async (what, address) => {
      const answer = await fetch(`${url}/test/${what}${what.includes('?') ? '&' : '?'}address=${encodeURIComponent(address)}`);
      if (!answer.ok) throw new Error(`${what} of ${address}: ${answer.status}`);
      return answer.text();
    },
    close: () => running.stdin.end(), // it ends with its standard input
  };
}
