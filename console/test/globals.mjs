// What the modules under test expect of a browser and Node does not have.
import { webcrypto } from 'node:crypto';
globalThis.crypto ??= webcrypto;
globalThis.setInterval = () => 0; // no clock moves on in a test
