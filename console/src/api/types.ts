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

export type CheckDetail = Schemas['CheckWithObservation'];
export type Series = Schemas['Series'];
export type SeriesPoint = Schemas['SeriesPoint'];
export type VerdictInterval = Schemas['VerdictInterval'];
export type ProvenEntry = Schemas['ProvenEntry'];

export type Institution = Schemas['Institution'];
export type Contact = Schemas['Contact'];
export type AccountAsset = Schemas['AccountAsset'];
export type CustomerAccount = Schemas['CustomerAccount'];
export type CustomerImportResult = Schemas['CustomerImport'];
export type ImportMistake = Schemas['ImportMistake'];

export type Grant = Schemas['RoleHeld'];
export type Account = Schemas['Account'];
export type Person = Schemas['Person'];
export type Session = Schemas['Session'];
export type Permission = Session['permissions'][number];
export type SessionInfo = Schemas['SessionEntry'];
export type Token = Schemas['Token'];
export type RoleInfo = Schemas['Role'];

export type Notice = Schemas['Notice'];
export type NoticePage = Schemas['Notices'];
export type NoticeWithTellings = Schemas['NoticeWithTellings'];
export type Telling = Schemas['Telling'];
export type ToldRow = Schemas['ToldRow'];
export type Delivery = Schemas['Delivery'];
export type DeliveryCounts = Schemas['DeliveryCounts'];
export type DeliveryPage = Schemas['Deliveries'];
export type NoticePreview = Schemas['NoticePreview'];
export type NoticeRecipient = Schemas['NoticeRecipient'];
export type NoticeLetter = Schemas['NoticeLetter'];
export type Subscription = Schemas['Subscription'];
export type SubscriptionPage = Schemas['Subscriptions'];
export type QuarantinedRecipient = Schemas['QuarantinedRecipient'];
export type QuarantinePage = Schemas['Quarantine'];
