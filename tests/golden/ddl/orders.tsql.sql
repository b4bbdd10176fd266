SET ANSI_NULLS ON
GO
IF OBJECT_ID(N'[shop].[Order Line]') IS NULL
BEGIN
CREATE TABLE [shop].[Order Line](
	[Id] [int] IDENTITY(1,1) NOT NULL,
	[Article No.] [nvarchar](20) COLLATE Latin1_General_CI_AS NOT NULL CONSTRAINT [DF_a] DEFAULT (N'n/a'),
	[Qty] [decimal](9, 3) NULL,
	[Twice] AS ([Qty]*(2)) PERSISTED,
	[OrderId] [int] NOT NULL REFERENCES [shop].[Order] ([Id]),
 CONSTRAINT [PK_ol] PRIMARY KEY CLUSTERED ([Id] ASC) WITH (PAD_INDEX = OFF) ON [PRIMARY]
) ON [PRIMARY]
END
GO
EXEC sys.sp_addextendedproperty @name=N'MS_Description', @value=N'One article of an order; it''s priced later.' ,
  @level0type=N'SCHEMA',@level0name=N'shop', @level1type=N'TABLE',@level1name=N'Order Line'
GO
EXEC sp_addextendedproperty 'MS_Description', 'Pieces; or metres', 'SCHEMA', 'shop', 'TABLE', 'Order Line', 'COLUMN', 'Qty'
EXEC sp_addextendedproperty 'Caption', 'Not a description', 'SCHEMA', 'shop', 'TABLE', 'Order Line', 'COLUMN', 'Id'
GO
