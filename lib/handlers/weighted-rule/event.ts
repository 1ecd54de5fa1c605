/**
 * What CloudFormation sends to a Lambda function that stands behind a custom resource, and what it wants back
 * (AWS CloudFormation User Guide, "Custom resource request objects" and "Custom resource response objects").
 */
export interface ResourceEvent {
  readonly RequestType: 'Create' | 'Update' | 'Delete';
  readonly ResourceType: string;
  readonly StackId: string;
  readonly RequestId: string;
  readonly LogicalResourceId: string;
  readonly ResponseURL: string;
  /** In Update and Delete. */
  readonly PhysicalResourceId?: string;
  /** Every number and boolean arrives as a string. */
  readonly ResourceProperties: RawProperties;
  /** In Update. */
  readonly OldResourceProperties?: RawProperties;
}
export type RawProperties = Readonly<Record<string, unknown>>;

/** One type of custom resource: each verb answers with the physical id. An error becomes FAILED with its message. */
export interface Resource<Clients> {
  create(event: ResourceEvent, clients: Clients): Promise<string>;
  update(event: ResourceEvent, clients: Clients): Promise<string>;
  delete(event: ResourceEvent, clients: Clients): Promise<void>;
}

const NOT_CREATED = 'not-created-';

/** The physical id of a resource whose creation failed; CloudFormation deletes it by this name. */
export const notCreated = (event: ResourceEvent): string => `${NOT_CREATED}${event.RequestId}`;
export const wasNeverCreated = (physicalId: string | undefined): boolean =>
  physicalId === undefined || physicalId.startsWith(NOT_CREATED);
