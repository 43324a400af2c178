exports.late = 'resolvers and balancers that register themselves';
exports.packages = ['@grpc/grpc-js'];
exports.run = async () => {
  const grpc = require('@grpc/grpc-js');
  const Client = grpc.makeGenericClientConstructor(
    {
      get: {
        path: '/x/get',
        requestStream: false,
        responseStream: false,
        requestSerialize: (x) => x,
        responseDeserialize: (x) => x,
        requestDeserialize: (x) => x,
        responseSerialize: (x) => x,
      },
    },
    'x',
  );
  const server = new grpc.Server();
  server.addService(Client.service, {
    get: (call, callback) => callback(null, Buffer.concat([call.request, Buffer.from('!')])),
  });
  const port = await new Promise((resolve, reject) =>
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  const client = new Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  const answer = await new Promise((resolve, reject) =>
    client.get(Buffer.from('hi'), (error, value) => (error ? reject(error) : resolve(value))),
  );
  client.close();
  server.forceShutdown();
  return String(answer);
};
