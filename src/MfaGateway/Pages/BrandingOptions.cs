namespace MfaGateway.Pages;

/// <summary>Name, logo and support text of the gateway's own pages. Section <c>Gateway:Branding</c>.</summary>
public sealed class BrandingOptions
{
    /// <summary>Shown as the heading of every page. Default <c>Mail</c>.</summary>
    public string Name { get; set; } = "Mail";

    /// <summary>SVG or PNG file of at most 65,536 bytes, shown above the heading. Default none.</summary>
    public string? LogoPath { get; set; }

    /// <summary>Whom to ask for help, shown below every error, plain text. Default none.</summary>
    public string? Support { get; set; }
}
