// The things of the API. Those that api/openapi.json describes are taken from it (generated/, made
// by the build).
import type { components } from '../../generated/schema';

type Schemas = components['schemas'];

export type Row = Schemas['Row'];
export type InstanceRow = Schemas['RowWithChecks'];
export type Indicator = Row['indicator'];
export type Verdict = Row['measured'];
export type Declared = Schemas['Declaration'];
export type Board = Schemas['Rows'];
export type Check = Schemas['Check'];
export type Observation = Schemas['Observation'];
export type Phases = Schemas['Phases'];
export type PhaseName = 'resolve' | 'connect' | 'tls' | 'first_byte' | 'transfer';
export type Configuration = Schemas['Configuration'];
export type ConfigurationFault = Schemas['Fault'];
export type Difference = Schemas['Difference'];
export type Entry = Schemas['Entry'];

export interface CheckDetail extends Check { observation?: Observation | null }
export interface SeriesPoint {
  at: string;
  count: number;
  failed: number;
  mean_us: number | null;
  p95_us?: number | null;
  max_us: number | null;
  phases?: Partial<Phases>;
}
export interface VerdictInterval { check: string | null; verdict: Verdict; from: string; until: string | null; reason?: string }

export interface Grant { role: string; institution: string | null }
export interface Account {
  id: string;
  login: string;
  kind: 'person' | 'service';
  person: string | null;
  roles: Grant[];
  disabled: boolean;
  second_factor: boolean;
  has_password: boolean;
  created_at: string;
  last_sign_in_at: string | null;
  version: string | number;
}
export interface Person {
  id: string;
  name: string;
  email: string;
  created_at: string;
  version: string | number;
  accounts: Account[];
}
export interface Session {
  account: { id: string; login: string; kind: string };
  person: { id: string; name: string } | null;
  roles: Grant[];
  permissions: string[];
  csrf: string;
  method: string;
  second_factor: boolean;
  expires_at: string | null;
  locale?: string;
}
export interface SessionInfo {
  id: string;
  created_at: string;
  last_seen_at: string;
  expires_at: string;
  address: string;
  agent: string;
  method: string;
  current: boolean;
}
export interface Token {
  id: string;
  name: string;
  scopes: string[];
  created_at: string;
  expires_at: string;
  last_used_at: string | null;
}
export interface RoleInfo { role: string; about: string; permissions: string[] }

export interface ProvenEntry {
  entry: Entry;
  leaf: string;
  salt: string | null;
  payload_text?: string | null;
  proof: string;
  checkpoint: string;
  verifier_key: string;
}
