// The things of the API, as the hub describes them.
export type Indicator = 'normal' | 'information' | 'maintenance' | 'performance' | 'interruption';
export type Verdict = 'normal' | 'performance' | 'interruption' | 'unknown';

export interface Declared { indicator: Indicator; because: string; by: string; at: string }
export interface Row {
  id: string;
  name: string;
  territory: string;
  product: string;
  tenancy: 'single' | 'multi';
  indicator: Indicator;
  cause: string;
  since: string;
  details: string;
  measured: Verdict;
  declared: Declared | null;
  contradiction: boolean;
}
export interface Check {
  id: string;  // "catalog-eu01/web"
  kind: string;
  layer: string;
  every_us: number;
  verdict: Verdict;
  soft: boolean;
  flapping: boolean;
  since: string;
  probed_at: string | null;
  took_us: number | null;
  reason: string;
}
export interface InstanceRow extends Row { checks: Check[] }
export type PhaseName = 'resolve' | 'connect' | 'tls' | 'first_byte' | 'transfer';
export interface Observation {
  outcome: string;
  degraded: boolean;
  reason: string;
  at: string;
  took_us: number;
  address: string;
  phases: Record<PhaseName, number | null>;
  metrics: { name: string; value: number; unit: string }[];
  transcript: string[];
}
export interface CheckDetail extends Check { observation?: Observation | null }
export interface SeriesPoint {
  at: string;
  count: number;
  failed: number;
  mean_us: number | null;
  p95_us?: number | null;
  max_us: number | null;
  phases?: Partial<Record<`${PhaseName}_us`, number | null>>;
}
export interface VerdictInterval { check: string | null; verdict: Verdict; from: string; until: string | null; reason?: string }

export interface ConfigurationFault { file: string; line: number; column: number; what: string; mend: string }
export interface Configuration { instances: number; checks: number; faults: ConfigurationFault[] }
export interface Difference { kind: string; object: string; before: string; after: string }

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

export interface Entry {
  index: number;
  time: string;
  id: string;
  type: string;
  object: string;
  payload: unknown;
}
export interface ProvenEntry {
  entry: Entry;
  leaf: string;
  salt: string | null;
  payload_text?: string | null;
  proof: string;
  checkpoint: string;
  verifier_key: string;
}
