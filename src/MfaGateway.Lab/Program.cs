return await MfaGateway.Lab.LabCommand.RunAsync(args, Console.Out, Console.Error);
