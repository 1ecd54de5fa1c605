/** The smallest file, line by line as a person writes it. */
export const TEXT = `# my gateway
name: kong
live: blue # the slot with the traffic
network:
  create: {}
slots:
  blue:
    version: '2.8'
    datastore:
      new: {}
`;
